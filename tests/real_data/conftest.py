from tests.api.worker.conftest import bench

__all__ = ["bench"]
