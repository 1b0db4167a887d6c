"""A visit on the phone, without a connection: one lean page at /inspection/app/. The page holds nobody's data; what a
person takes along it gets from the API, with the person's session, and keeps on the phone."""
