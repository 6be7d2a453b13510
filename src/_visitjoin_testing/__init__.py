"""What of `visitjoin.testing` must not import visitjoin: the plugin for pytest, and the process.

pytest loads the plugin at every start where visitjoin is installed, and visitjoin brings engines
that take half a second to load. So nothing here imports it before a test asks for a sandbox.

    plugin        the fixtures
    process       starts the process of a sandbox, and ends it
    __main__      that process, which loads visitjoin in its own way
"""
