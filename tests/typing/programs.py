"""What users write, and the types that it has. A comment that says `refused` marks what a type checker must refuse."""

from __future__ import annotations

import datetime
from typing import assert_type

import sdk as wf

img = wf.Image.from_id("product:scene")
col = wf.ImageCollection.from_id("product", start_datetime="2020-01-01", limit=5)
red = img.pick_bands("red")

assert_type(img, wf.Image)
assert_type(red + 1, wf.Image)
assert_type(1.5 * red, wf.Image)
assert_type(img - col, wf.ImageCollection)
assert_type(wf.Float(2) * img, wf.Image)
assert_type(img > 0.5, wf.Image)
assert_type(-img, wf.Image)
assert_type(img.sqrt(), wf.Image)
assert_type(img.mask(img > 0.5), wf.Image)
assert_type(img.mask(col > 0.5), wf.ImageCollection)
assert_type(img.clip_values([0.0, 0.1], 1), wf.Image)
assert_type(img.colormap("magma", vmin=0, vmax=1), wf.Image)
assert_type(img.concat_bands(red), wf.Image)
assert_type(img.concat(col), wf.ImageCollection)
assert_type(img.nbands, wf.Int)
assert_type(img.properties["date"], wf.Datetime)
assert_type(img.properties["cloud_cover"], wf.Any)
assert_type(img.properties["cloud_cover"] < 0.2, wf.Bool)
assert_type(img.bandinfo["red"]["id"], wf.Str)
assert_type(img.value_at(1, 2.5), wf.Dict[wf.Str, wf.Float])
assert_type(img.index_to_coords(1, 2), wf.Tuple[wf.Float, wf.Float])
assert_type(img.mean(), wf.Float)
assert_type(img.mean(axis="pixels"), wf.Dict[wf.Str, wf.Float])
assert_type(img.mean(axis="bands"), wf.Image)
assert_type(img.mean(axis=("bands", "pixels")), wf.Float)
x, y = img.index_to_coords(1, 2)
assert_type(y, wf.Float)
assert_type(img.index_to_coords(1, 2)[0], wf.Float)
assert_type(wf.List[wf.Int]([1]).length(), wf.Int)
nir, green = img.unpack_bands("nir green")
assert_type(green, wf.Image)
assert_type(img.unpack_bands("nir").sqrt(), wf.Image)
one: wf.Image = img.unpack_bands("nir")
assert_type(img == 0, wf.Image)
img.mask(img == "x")  # refused
img.mask(img != "x")  # refused
img.index_to_coords(1, 2)[2]  # refused
img + "x"  # refused
img.mean(axis="imagess")  # refused
img.mean(axis="images")  # refused
img.pick_bands(3)  # refused
img.clip_values(min="low")  # refused
img.mask(wf.Int(1))  # refused
img.nonsense()  # refused

assert_type(col[0], wf.Image)
assert_type(col[:3], wf.ImageCollection)
assert_type(col + 1, wf.ImageCollection)
assert_type(col.mean(axis="images"), wf.Image)
assert_type(col.max(axis="bands"), wf.ImageCollection)
assert_type(col.std(axis="pixels"), wf.List[wf.Dict[wf.Str, wf.Float]])
assert_type(col.min(axis=("images", "pixels")), wf.Dict[wf.Str, wf.Float])
assert_type(col.reduction("median", axis=("pixels", "bands")), wf.List[wf.Float])
assert_type(col.mosaic(), wf.Image)
assert_type(col.filter(lambda image: image.properties["cloud_cover"] < 0.2), wf.ImageCollection)
assert_type(col.map(lambda image: image.pick_bands("red") / 2), wf.ImageCollection)
assert_type(col.map(lambda image: image.mean()), wf.List[wf.Float])
assert_type(col.length(), wf.Int)
assert_type(col.value_at(1, 2), wf.List[wf.Dict[wf.Str, wf.Float]])
assert_type(col.partition(2), wf.Tuple[wf.ImageCollection, wf.ImageCollection])
before, after = col.partition(2)
assert_type(after, wf.ImageCollection)
assert_type(col.replace_empty_with(img), wf.ImageCollection)
assert_type(col.reduce(lambda so_far, image: so_far + image), wf.Image)
assert_type(col.reduce(lambda so_far, image: so_far + image.nbands, initial=wf.Int(0)), wf.Int)
assert_type(col.reduce(lambda so_far, image: so_far + image.mean(), initial=0.0), wf.Float)
assert_type(col.reduce(lambda so_far, image: so_far - image, initial=img), wf.Image)
b: wf.ImageCollection = col.unpack_bands("red")

months = col.groupby(dates="month")
assert_type(months[7], wf.ImageCollection)
assert_type(months.groups, wf.Dict[wf.Int, wf.ImageCollection])
assert_type(months.mean(axis="images"), wf.ImageCollection)
assert_type(months.mean(axis=("images", "pixels")), wf.Dict[wf.Int, wf.Dict[wf.Str, wf.Float]])
assert_type(months.map(lambda month, images: images.mosaic()), wf.ImageCollection)
assert_type(months.map(lambda month, images: images.length() + month), wf.Dict[wf.Int, wf.Int])
month, images = months.one()
assert_type(month, wf.Int)
assert_type(images, wf.ImageCollection)
assert_type(col.groupby(lambda image: image.properties["id"])["a"], wf.ImageCollection)
assert_type(col.groupby(lambda image: image.properties["id"]).one()[0], wf.Str)
months.mean(axis="months")  # refused
months.map(lambda month, images: images.nonsense())  # refused
col.median(axis="imagess")  # refused
col["red"]  # refused
col.head("3")  # refused
col.map(lambda image: image.nonsense())  # refused
col.filter(lambda image: image + "x")  # refused
img.map_bands(lambda name, band: band.mean(axis="imagess"))  # refused

assert_type(wf.sqrt(img), wf.Image)
assert_type(wf.sqrt(2.0), wf.Float)
assert_type(wf.where(img > 0.5, img, 0), wf.Image)
assert_type(wf.where(col > 0.5, img, 0), wf.ImageCollection)
assert_type(wf.arctan2(1, 2), wf.Float)
assert_type(wf.concat(img, col), wf.ImageCollection)
assert_type(wf.range(3), wf.List[wf.Int])
assert_type(wf.parameter("month", wf.Int), wf.Int)
assert_type(wf.pi, wf.Float)
assert_type(wf.Function.from_object(wf.parameter("month", wf.Int) * 2)(month=7), wf.Int)
assert_type(wf.Function.from_callable(lambda a: wf.Float(2), wf.Float)(1.5), wf.Float)
assert_type(wf.Function.from_callable(lambda a: a, wf.Float, return_type=wf.Float)(1.5), wf.Float)
wf.sqrt("2")  # refused

assert_type(wf.numpy.sqrt(wf.Float(2)), wf.Float)
assert_type(wf.numpy.add(1, wf.Int(2)), wf.Int)
assert_type(wf.numpy.add(wf.Int(2), 2.5), wf.Float)
assert_type(wf.numpy.isnan(2.5), wf.Bool)
assert_type(wf.numpy.logical_and(True, wf.Bool(False)), wf.Bool)
wf.numpy.sqrt("2")  # refused
wf.numpy.sqrt(1, 2)  # refused

array = wf.Array([[1, 2], [3, 4]])
masked = wf.MaskedArray([1.0, 2.0], mask=[True, False])
assert_type(array + 1, wf.Array)
assert_type(array + masked, wf.MaskedArray)
assert_type(array > 2, wf.Array)
assert_type(array[0], wf.Array)
assert_type(array.mean(), wf.Scalar)
assert_type(array.mean(axis=0), wf.Array)
assert_type(masked.sum(axis=[0]), wf.MaskedArray)
assert_type(array.mean() + 1, wf.Scalar)
assert_type(array.mean() < 1, wf.Bool)
assert_type(img / array.max(), wf.Image)
assert_type(img.clip_values(array.min(), 1), wf.Image)
wf.ifelse(wf.numpy.any(array), 1, 2)
assert_type(array.shape, wf.List[wf.Int])
assert_type(array.dtype, wf.DType)
assert_type(img.ndarray, wf.MaskedArray)
assert_type(wf.numpy.sqrt(array), wf.Array)
assert_type(wf.numpy.sqrt(masked), wf.MaskedArray)
assert_type(wf.numpy.median(array, axis=1), wf.Array)
assert_type(wf.numpy.median(array), wf.Scalar)
assert_type(wf.numpy.concatenate([array, array]), wf.Array)
assert_type(wf.numpy.linalg.svd(array), wf.Tuple[wf.Array, wf.Array, wf.Array])
assert_type(wf.numpy.ma.masked_less(array, 2), wf.MaskedArray)
assert_type(wf.numpy.zeros([2, 3], dtype=int), wf.Array)
array + "x"  # refused
array[1.5].nonsense()  # refused
wf.numpy.linalg.inv(masked)  # refused
wf.numpy.mean(array, axis="rows")  # refused

assert_type(wf.Int(7) + 2, wf.Int)
assert_type(wf.Int(7) + 2.5, wf.Float)
assert_type(wf.Int(7) / 2, wf.Float)
assert_type(wf.Int(7) < 2, wf.Bool)
assert_type(~wf.Bool(True), wf.Bool)
assert_type(wf.Str("a") + "b", wf.Str)
assert_type(wf.Str("a b").split(), wf.List[wf.Str])
assert_type(wf.Str("a b").split()[0], wf.Str)
assert_type(wf.Datetime(2020) - wf.Datetime(2019), wf.Timedelta)
assert_type(wf.Datetime(2020) + datetime.timedelta(days=1), wf.Datetime)
assert_type(wf.Datetime(2020).month, wf.Int)
assert_type(wf.Timedelta(days=1) / wf.Timedelta(hours=1), wf.Float)
wf.Str("a") + 1  # refused
wf.Str("a").center("9")  # refused
wf.Datetime(2020) + wf.Datetime(2019)  # refused


@wf.publish("bob@example.com:ndvi", "0.0.1")
def ndvi(image: wf.Image) -> wf.Image:
    nir, red = image.unpack_bands("nir red")
    return wf.normalized_difference(nir, red)
