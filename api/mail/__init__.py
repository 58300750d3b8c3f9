"""E-mails to buyers: worded by templates, handed to a mail server or written into a folder."""
