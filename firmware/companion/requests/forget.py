"""The request 'forget': the phone that asks is bound no longer. Borrowed by `serving`."""


async def _phone(pin, values, part, link):
    await link.forget()
    return {}


ACTS = (('phone', _phone, ()),)
