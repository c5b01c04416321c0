# A Django application with every kind of cache, for the tests. It is told what to do in lines on its standard input, each
# a Python expression, and answers each with a line of JSON: what came of it as Python writes it, or the error's name.
import json
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import django
from django.conf import settings

given = json.loads(sys.argv[1])


def redis(backend, prefix="", version=1, **options):
    return {
        "BACKEND": backend,
        "LOCATION": given["redis"],
        "KEY_PREFIX": prefix,
        "VERSION": version,
        "OPTIONS": options,
    }


def django_redis(prefix, version=1, **options):
    return redis("django_redis.cache.RedisCache", prefix, version, **options)


json_serializer = "django_redis.serializers.json.JSONSerializer"
msgpack_serializer = "django_redis.serializers.msgpack.MSGPackSerializer"
zlib = "django_redis.compressors.zlib.ZlibCompressor"
caches = {
    "default": redis("django.core.cache.backends.redis.RedisCache"),
    "pickle": django_redis("shop", 2),
    "json": django_redis("json", SERIALIZER=json_serializer),
    "zlib": django_redis("zlib", SERIALIZER=json_serializer, COMPRESSOR=zlib),
    "msgpack": django_redis("msgpack", SERIALIZER=msgpack_serializer),
    "table": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
}
settings.configure(
    CACHES={name: cache for name, cache in caches.items() if (name == "table") == ("postgres" in given)},
    DATABASES={"default": dict(given["postgres"], ENGINE="django.db.backends.postgresql")} if "postgres" in given else {},
    USE_TZ=True,
)
django.setup()

from django.core import cache as django_cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils.safestring import SafeString  # noqa: E402

names = {
    "cache": lambda name: django_cache.caches[name],
    "call_command": call_command,
    "django": django,
    "SafeString": SafeString,
    "Decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "timedelta": timedelta,
    "timezone": timezone,
}
for line in sys.stdin:
    try:
        answer = {"value": repr(eval(line, dict(names)))}
    except Exception as error:
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
