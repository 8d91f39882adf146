"""Pictures of layers: from evaluation to the encoded file."""
