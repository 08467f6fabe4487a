"""Job-worker matching for public employment offices (公共就业服务岗位匹配)."""

__version__ = "0.1.0"
