"""The database: tables, encryption, repositories and migrations. Services open transactions here."""
