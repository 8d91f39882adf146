"""WMTS documents and requests: values in, XML out; knows no HTTP."""
