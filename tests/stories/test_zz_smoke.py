import pytest, asyncio, time
from tests.service import number
pytestmark = pytest.mark.asyncio(loop_scope="session")
async def test_smoke(service):
    t=time.monotonic()
    me = number()
    assert await service.post_sms(me, "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5") == 200
    f = await service.settled()
    print(time.monotonic()-t, f, service.heard(me))
    print(await service.status(), await service.cases())
    print(service.pid_of("front"), service.pid_of("office"))
    p = await service.enrol("mads-ravn")
    print(service.heard(p.address, "telegram"))
    print(service.log.read_text()[-3000:])
