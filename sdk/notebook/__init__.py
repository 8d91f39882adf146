"""Maps in notebooks: imagery as layers of ipyleaflet's maps, with `graftile[notebook]`."""
