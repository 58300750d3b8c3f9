"""Reports: asked for, made, and downloaded as tab-separated text."""
