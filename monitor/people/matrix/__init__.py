"""A room of a Matrix homeserver: messages go in with their picture, reactions and replies come back.

Sent with the client-server API itself, not with Apprise's plugin: there a message has a transaction id of ours, so the
homeserver takes a repeated one only once, and its event id is the proof that it is in the room. (With an access token,
Apprise 2.2 gives text and picture the same transaction id: the text is lost, and it reports success.)
"""
