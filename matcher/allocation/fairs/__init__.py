"""Fairs (招聘会): who meets whom at which booth and when, and which small fairs reach most people."""
