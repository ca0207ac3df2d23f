//! Real desktops for end-to-end tests, each in a private folder with a display, a bus and programs of its own: an X server with window
//! manager, panel and notifications, and a Wayland compositor. Real applications take the text, real keys are pressed, and nothing is
//! left behind when a desktop is dropped, whatever the test came to.

mod background;
mod bus;
mod camera;
mod clipboard;
mod display;
mod field;
mod fifo;
mod key;
mod keys;
mod notifications;
mod opener;
mod picture;
mod session;
mod shortcuts;
mod sway;
mod sway_ipc;
mod told;
mod tray;
mod turn;
mod user_manager;
mod virtual_keyboard;
mod wayland_clipboard;
mod x11;

pub use background::{Background, Stopped};
pub use bus::{Bus, bus_configuration};
pub use camera::Camera;
pub use clipboard::{Clipboard, Owned};
pub use display::{Display, Picture};
pub use field::{Application, Contents, Field};
pub use key::Key;
pub use notifications::{Notification, Notifications};
pub use opener::Opener;
pub use session::{Session, processes_of};
pub use shortcuts::ShortcutsPortal;
pub use sway::SwayDesktop;
pub use tray::{Line, Tray};
pub use user_manager::UserManager;
pub use x11::X11Desktop;

use crate::Home;

/// What X11 and Wayland have in common.
pub trait Desktop {
    fn session(&self) -> &Session;

    fn bus(&self) -> &Bus;

    /// Waits until the window of this class or application id has the keyboard.
    fn until_active(&self, window: &str);

    /// Waits until there is no window of this class or application id.
    fn until_gone(&self, window: &str);

    /// Gives the keyboard to a window, and waits until it has it.
    fn activate(&self, window: &str);

    fn press(&self, key: Key);

    fn release(&self, key: Key);

    /// Keys that have to be held for this one, in the layout that is active.
    fn held_for(&self, key: Key) -> &'static [Key];

    fn tap(&self, key: Key) {
        self.chord(&[key]);
    }

    /// The last with all others held.
    fn chord(&self, keys: &[Key]) {
        for key in keys {
            self.press(*key);
        }
        for key in keys.iter().rev() {
            self.release(*key);
        }
    }

    /// Types as a person does: only what the layout has.
    fn write(&self, text: &str) {
        for key in text.chars().map(Key::of) {
            self.chord(&[self.held_for(key), &[key]].concat());
        }
    }

    /// Takes screenshots, also while the desktop is going down.
    fn camera(&self) -> Camera;

    /// Keeps a screenshot.
    fn screenshot(&self, name: &str) {
        self.camera().keep(name).unwrap();
    }

    /// A home whose `hobd` finds this desktop and no other.
    #[must_use]
    fn adopt(&self, home: Home) -> Home;
}
