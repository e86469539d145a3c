"""A device of the tests, with the client library that most devices have: what it does is told on standard output.

It sends numbered messages with QoS 1 and says which were acknowledged, or listens and says what came. SIGTERM: it
sends nothing new, waits until all is acknowledged, and ends. Whoever kills it starts another, from a number of theirs.
"""

import json
import os
import signal
import sys
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

wanted = json.loads(sys.argv[1])
is_5 = wanted["version"] == 5
does = wanted["does"]
ident = wanted["id"]
prefix = wanted.get("prefix", "")
leaving = threading.Event()
lock = threading.Lock()
under = {}
answered = set()


def until_alone():
    # Whoever started it is gone.
    sys.stdin.read()
    os._exit(1)


def say(*words):
    with lock:
        print(*words, flush=True)


def message(number):
    if does == "read":
        return f"gates/{ident}/read", {"tag": "ada", "at": number, "hits": number}
    if does == "reading":
        return f"sensors/{ident}/reading", {"count": number, "value": 1}
    if does == "lamp":
        return f"lamps/{ident}/set", {"on": True, "n": number}
    return f"tills/{ident}/grant", {"id": f"k{number}", "tag": ident, "cents": number}


def on_connect(client, userdata, flags, code, properties=None):
    say("connected", int(getattr(code, "value", code)), int(flags["session present"]))
    # A session that goes on needs no more; that it does is what is tried.
    if flags["session present"]:
        say("subscribed")
    elif does == "listen":
        client.subscribe(f"{prefix}lamps/#", 1)
    elif does == "grant":
        client.subscribe(f"{prefix}tills/{ident}/answer", 1)


def on_subscribe(*_):
    say("subscribed")


def on_publish(client, userdata, mid):
    number = under.pop(mid, None)
    if number is not None:
        say("acked", number)


def on_message(client, userdata, msg):
    if does == "listen":
        say("got", msg.topic[len(prefix) :].split("/")[1], json.loads(msg.payload)["n"], int(msg.dup))
    else:
        answer = json.loads(msg.payload)
        if answer["is"] == "answered":
            say("answer", answer["id"], answer["is"], json.dumps(answer["answer"]))
            answered.add(answer["id"])


client = mqtt.Client(
    client_id=wanted.get("client", ident),
    protocol=mqtt.MQTTv5 if is_5 else mqtt.MQTTv311,
    **({} if is_5 else {"clean_session": False}),
)
client.username_pw_set(wanted.get("username", ident), wanted["password"])
client.on_connect, client.on_publish, client.on_message = on_connect, on_publish, on_message
client.on_subscribe = on_subscribe
client.max_inflight_messages_set(16)
options = {}
if is_5:
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    options = {"clean_start": False, "properties": properties}
signal.signal(signal.SIGTERM, lambda *_: leaving.set())
threading.Thread(target=until_alone, daemon=True).start()


def turn(seconds):
    """Everything in one thread: the library's own thread and its `publish` get in each other's way when a line is cut."""
    if client.loop(seconds) == mqtt.MQTT_ERR_SUCCESS:
        return
    time.sleep(0.1)
    try:
        client.reconnect()
    except OSError:
        pass


def publish(number):
    topic, body = message(number)
    under[client.publish(prefix + topic, json.dumps(body), 1).mid] = number


while True:
    try:
        client.connect("127.0.0.1", wanted["port"], keepalive=5, **options)
        break
    except OSError:
        time.sleep(0.1)
number = wanted["from"]
every = wanted.get("every", 0)
due = time.monotonic()
# What the one before it has begun is brought to its end, whoever wants it to leave.
while not leaving.is_set() or number <= wanted["begun"]:
    turn(0.2 if does == "listen" else wanted["pause"])
    if does != "listen" and len(under) < 16 and client.is_connected() and time.monotonic() >= due:
        due = time.monotonic() + every
        say("sent", number)
        publish(number)
        number += 1
late = time.monotonic() + 30
while under and time.monotonic() < late:
    turn(0.05)
# What the box decided and could not tell, or could not decide, is asked again with its key, as any till does.
open_asks = [n for n in range(wanted["from"], number) if f"k{n}" not in answered] if does == "grant" else []
while open_asks:
    for again in open_asks[:10]:
        publish(again)
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        turn(0.05)
    open_asks = [n for n in open_asks if f"k{n}" not in answered]
say("left", len(under))
client.disconnect()
turn(0.1)
