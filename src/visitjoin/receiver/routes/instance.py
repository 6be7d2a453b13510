"""Which receiver this is, for a sender that has sent to it before. Beyond the API."""

from litestar import get

from visitjoin.contract.extension import InstanceAnswer
from visitjoin.receiver.routes.declared import OF_ALL
from visitjoin.receiver.routes.given import GivenInstance


@get("/instance", responses=OF_ALL, sync_to_thread=False)
def get_instance(instance: GivenInstance) -> InstanceAnswer:
    """The receiver's own name, made once: another one at the same address has another."""
    return InstanceAnswer(instance=instance)
