"""Server-rendered pages: templates, styles and how they are sent (页面)."""
