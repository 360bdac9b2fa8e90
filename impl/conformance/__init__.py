"""Tests of any API that this server serves: contract tests, and each resource over HTTP.

They need the extra `conformance`. The plug-in that `API_PLUGIN` names is the one that is tested.
"""
