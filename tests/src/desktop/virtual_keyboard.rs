//! A keyboard for a Wayland compositor that has none. It is there as long as the desktop is, because programs on a seat without a keyboard
//! lose the first keys of one that appears.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::fs::{MemfdFlags, memfd_create};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_keyboard::KeymapFormat;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1;
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_v1::ZwpVirtualKeyboardV1;

use super::Key;

/// The letters of an American keyboard, row by row: plain and with Shift, from the first key's code on.
const ROWS: [(u32, &str, &str); 4] = [
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
];

#[derive(Debug)]
pub(crate) struct VirtualKeyboard {
    keyboard: ZwpVirtualKeyboardV1,
    queue: RefCell<EventQueue<Nobody>>,
    /// As a mask.
    modifiers: Cell<u32>,
}

/// Takes events, and does nothing with them.
#[derive(Debug)]
struct Nobody;

impl VirtualKeyboard {
    /// On the compositor with this socket, with the layout `us`.
    pub(crate) fn plug_in(socket: &Path) -> Self {
        let connection = Connection::from_socket(UnixStream::connect(socket).unwrap()).unwrap();
        let (globals, queue) = registry_queue_init::<Nobody>(&connection).unwrap();
        let handle = queue.handle();
        let seat: WlSeat = globals.bind(&handle, 1..=1, ()).unwrap();
        let manager: ZwpVirtualKeyboardManagerV1 = globals.bind(&handle, 1..=1, ()).unwrap();
        let keyboard = manager.create_virtual_keyboard(&seat, &handle, ());
        let plugged = Self { keyboard, queue: RefCell::new(queue), modifiers: Cell::new(0) };
        plugged.set_layout("us");
        plugged
    }

    pub(crate) fn set_layout(&self, name: &str) {
        // The compositor's library for keymaps finds the parts.
        let keymap = format!(
            "xkb_keymap {{ xkb_keycodes {{ include \"evdev+aliases(qwerty)\" }}; xkb_types {{ include \"complete\" }}; \
             xkb_compat {{ include \"complete\" }}; xkb_symbols {{ include \"pc+{name}+inet(evdev)\" }}; }};\0"
        );
        let mut file = std::fs::File::from(memfd_create("keymap", MemfdFlags::CLOEXEC).unwrap());
        file.write_all(keymap.as_bytes()).unwrap();
        let size = u32::try_from(keymap.len()).expect("it is a few lines");
        self.keyboard.keymap(KeymapFormat::XkbV1.into(), file.as_fd(), size);
        self.arrive();
    }

    pub(crate) fn press(&self, key: Key) {
        self.keyboard.key(0, code(key), 1);
        self.hold(self.modifiers.get() | modifier(key));
    }

    pub(crate) fn release(&self, key: Key) {
        self.keyboard.key(0, code(key), 0);
        self.hold(self.modifiers.get() & !modifier(key));
    }

    /// A virtual keyboard has to say itself which modifiers are down.
    fn hold(&self, modifiers: u32) {
        if self.modifiers.replace(modifiers) != modifiers {
            self.keyboard.modifiers(modifiers, 0, 0, 0);
        }
        self.arrive();
    }

    /// Waits until the compositor has taken everything.
    fn arrive(&self) {
        self.queue.borrow_mut().roundtrip(&mut Nobody).unwrap();
    }
}

/// Keys that have to be held for this one, with the layout `us`.
pub(crate) fn held_for(key: Key) -> &'static [Key] {
    match key {
        Key::Character(letter) if ROWS.iter().any(|(_, _, shifted)| shifted.contains(letter)) => &[Key::Shift],
        _ => &[],
    }
}

/// As in linux/input-event-codes.h, for the layout `us`.
fn code(key: Key) -> u32 {
    match key {
        Key::Character(' ') => 57,
        Key::Character(letter) => {
            let place = |(first, plain, shifted): &(u32, &str, &str)| {
                let index = plain.find(letter).or_else(|| shifted.find(letter))?;
                Some(first + u32::try_from(index).expect("rows are short"))
            };
            ROWS.iter().find_map(place).unwrap_or_else(|| panic!("an American keyboard has no {letter:?}"))
        }
        Key::F(number @ 1..=10) => 58 + u32::from(number),
        Key::F(number) => 76 + u32::from(number),
        Key::Control => 29,
        Key::Shift => 42,
        Key::Alt => 56,
        Key::Super => 125,
        Key::RightControl => 97,
        Key::RightShift => 54,
        Key::RightSuper => 126,
        Key::RightAlt | Key::AltGr => 100,
        Key::CapsLock => 58,
        Key::NumLock => 69,
        Key::Return => 28,
        Key::Tab => 15,
        Key::BackSpace => 14,
        Key::Escape => 1,
        Key::End => 107,
        Key::Insert => 110,
    }
}

/// The modifier of a key in every layout of today, as a mask.
fn modifier(key: Key) -> u32 {
    match key {
        Key::Shift | Key::RightShift => 1,
        Key::Control | Key::RightControl => 1 << 2,
        Key::Alt | Key::RightAlt => 1 << 3,
        Key::Super | Key::RightSuper => 1 << 6,
        Key::AltGr => 1 << 7,
        _ => 0,
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Nobody {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as wayland_client::Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Nobody: ignore WlSeat);
delegate_noop!(Nobody: ZwpVirtualKeyboardManagerV1);
delegate_noop!(Nobody: ZwpVirtualKeyboardV1);
