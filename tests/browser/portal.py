#!/usr/bin/python3
"""What the portal of Ubuntu's desktop does for a Firefox in a snap: org.freedesktop.portal.WebExtensions, which starts hosts.

portal.py HOME ANSWER: starts those that are registered in HOME. ANSWER is the person's to whether they may be started: 0 yes, 1 no.
Says "ready" when it is there, and "started PID" of each host.
"""
import json
import os
import subprocess
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

BUS = "org.freedesktop.portal.Desktop"
PLACE = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.WebExtensions"
HOME, ANSWER = sys.argv[1], dbus.UInt32(int(sys.argv[2]))


class Session(dbus.service.Object):
    """A host from before its start to its end."""

    process = None

    @dbus.service.method("org.freedesktop.portal.Session")
    def Close(self):
        self.remove_from_connection()


class Request(dbus.service.Object):
    """A question to the person."""

    @dbus.service.signal("org.freedesktop.portal.Request", signature="ua{sv}")
    def Response(self, response, results):
        pass


class Portal(dbus.service.Object):
    """The portal itself."""

    sessions = {}

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {"version": dbus.UInt32(1)} if interface == INTERFACE else {}

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(INTERFACE, in_signature="a{sv}", out_signature="o", sender_keyword="sender")
    def CreateSession(self, options, sender):
        handle = own_place("session", sender, options["session_handle_token"])
        self.sessions[handle] = Session(self.connection, handle)
        return dbus.ObjectPath(handle)

    @dbus.service.method(INTERFACE, in_signature="oss", out_signature="s")
    def GetManifest(self, session, name, extension):
        return json.dumps(manifest(name, extension))

    @dbus.service.method(INTERFACE, in_signature="ossa{sv}", out_signature="o", sender_keyword="sender")
    def Start(self, session, name, extension, options, sender):
        handle = own_place("request", sender, options["handle_token"])
        request = Request(self.connection, handle)
        if ANSWER == 0:
            self.start(self.sessions[session], name, extension)
        # Whoever asks listens from when it has the handle.
        GLib.idle_add(lambda: request.Response(ANSWER, dbus.Dictionary(signature="sv")))
        return dbus.ObjectPath(handle)

    @dbus.service.method(INTERFACE, in_signature="oa{sv}", out_signature="hhh")
    def GetPipes(self, session, options):
        process = self.sessions[session].process
        pipes = (process.stdin, process.stdout, process.stderr)
        given = tuple(dbus.types.UnixFd(pipe.fileno()) for pipe in pipes)
        # They are the browser's alone: the host ends when the browser closes its own.
        for pipe in pipes:
            pipe.close()
        return given

    def start(self, session, name, extension):
        program = manifest(name, extension)["path"]
        pipe = subprocess.PIPE
        session.process = subprocess.Popen([program, place_of(name), extension], stdin=pipe, stdout=pipe, stderr=pipe)
        print("started", session.process.pid, flush=True)


def own_place(kind, sender, token):
    return f"{PLACE}/{kind}/{sender[1:].replace('.', '_')}/{token}"


def place_of(name):
    """Where the manifest of a host is, as hosts are told it."""
    return os.path.join(HOME, ".mozilla/native-messaging-hosts", f"{name}.json")


def manifest(name, extension):
    """The host's, if this extension may start it."""
    try:
        with open(place_of(name), encoding="utf-8") as opened:
            found = json.load(opened)
    except FileNotFoundError:
        found = {}
    if extension not in found.get("allowed_extensions", []):
        raise dbus.DBusException("no such host", name="org.freedesktop.portal.Error.NotFound")
    return found


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
taken = dbus.service.BusName(BUS, bus)
portal = Portal(bus, PLACE)
print("ready", flush=True)
GLib.MainLoop().run()
