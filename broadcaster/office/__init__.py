"""All that a person does at a station, for any front end: frozen values out; no click, no HTTP, no printing."""
