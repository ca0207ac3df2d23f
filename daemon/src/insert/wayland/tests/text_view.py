# A window with one text field. Tells on the pipe named by the first argument when it has the keyboard, and what it contains at each
# change, each time followed by a zero byte.
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk

pipe = open(sys.argv[1], "wb", buffering=0)
window = Gtk.Window(title="text view")
view = Gtk.TextView()
window.add(view)
text = view.get_buffer()


def changed(*_):
    content = text.get_text(text.get_start_iter(), text.get_end_iter(), True)
    pipe.write(b"=" + content.encode() + b"\0")


text.connect("changed", changed)
view.connect("focus-in-event", lambda *_: pipe.write(b"focus\0") and None)
view.connect("key-press-event", lambda _, event: pipe.write(b"key %d\0" % event.state) and None)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
