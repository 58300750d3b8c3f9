"""Documents that are uploaded and downloaded by signed URLs."""
