#!/usr/bin/python3
"""A window with a text field, for the end-to-end tests: pad.py CLASS view|entry|deaf

Says on standard output, one JSON object a line: {"text"} at each change, {"focused"} when it gets or loses the keyboard,
{"selected"} when that changes, {"shortcut"} when a key comes with Control, Alt or Super. Reads orders from standard
input, one JSON object a line: {"text"} to hold, then {"select": [from, to]} in characters, and {"close": true}.
"""

import json
import os
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk

HELD = Gdk.ModifierType.CONTROL_MASK | Gdk.ModifierType.MOD1_MASK | Gdk.ModifierType.SUPER_MASK | Gdk.ModifierType.MOD4_MASK
MODIFIERS = ("Control_", "Shift_", "Alt_", "Meta_", "Super_", "Hyper_", "ISO_", "Caps_", "Num_")


def tell(**what):
    print(json.dumps(what), flush=True)


def soon(tell_selection):
    """GTK makes a selection known to other programs only after its own: nobody is told before they can ask for it."""

    def once():
        Gdk.Display.get_default().sync()
        tell_selection()
        return GLib.SOURCE_REMOVE

    GLib.idle_add(once)


class View:
    """Many lines."""

    def __init__(self):
        self.widget = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD_CHAR)
        self.buffer = self.widget.get_buffer()
        self.buffer.connect("changed", lambda *_: tell(text=self.text()))
        self.buffer.connect("notify::has-selection", lambda *_: soon(self.tell_selection))
        self.buffer.connect("mark-set", lambda *_: soon(self.tell_selection))
        self.told = ""

    def text(self):
        return self.buffer.get_text(*self.buffer.get_bounds(), True)

    def tell_selection(self):
        bounds = self.buffer.get_selection_bounds()
        selected = self.buffer.get_text(*bounds, True) if bounds else ""
        if selected != self.told:
            self.told = selected
            tell(selected=selected)

    def hold(self, text):
        self.buffer.set_text(text)

    def select(self, start, end):
        self.buffer.select_range(self.buffer.get_iter_at_offset(end), self.buffer.get_iter_at_offset(start))


class Entry:
    """One line."""

    def __init__(self):
        self.widget = Gtk.Entry()
        self.widget.connect("changed", lambda *_: tell(text=self.widget.get_text()))
        self.widget.connect("notify::selection-bound", lambda *_: soon(self.tell_selection))

    def tell_selection(self):
        bounds = self.widget.get_selection_bounds()
        tell(selected=self.widget.get_text()[slice(*bounds)] if bounds else "")

    def hold(self, text):
        self.widget.set_text(text)

    def select(self, start, end):
        self.widget.select_region(start, end)


class Deaf(Entry):
    """One line that keys do not reach."""

    def __init__(self):
        super().__init__()
        self.widget.connect("key-press-event", lambda *_: True)


def on_key(_window, event):
    name = Gdk.keyval_name(event.keyval) or ""
    if event.state & HELD and not name.startswith(MODIFIERS):
        tell(shortcut=Gtk.accelerator_name(event.keyval, event.state & (HELD | Gdk.ModifierType.SHIFT_MASK)))
    return False


def on_orders(_channel, _condition, field, unfinished):
    read = os.read(0, 65536)
    unfinished += read
    while b"\n" in unfinished:
        line, _, rest = unfinished.partition(b"\n")
        unfinished[:] = rest
        obey(json.loads(line), field)
    return bool(read)


def obey(order, field):
    if "text" in order:
        field.hold(order["text"])
    if "select" in order:
        field.select(*order["select"])
    if "close" in order:
        Gtk.main_quit()


def main():
    name, kind = sys.argv[1:]
    # The class on X11, the application id on Wayland.
    GLib.set_prgname(name)
    Gdk.set_program_class(name)
    window = Gtk.Window(title=name, default_width=600, default_height=300)
    field = {"view": View, "entry": Entry, "deaf": Deaf}[kind]()
    window.add(field.widget)
    window.connect("key-press-event", on_key)
    window.connect("destroy", Gtk.main_quit)
    field.widget.connect("focus-in-event", lambda *_: tell(focused=True))
    field.widget.connect("focus-out-event", lambda *_: tell(focused=False))
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, on_orders, field, bytearray())
    window.show_all()
    Gtk.main()


main()
