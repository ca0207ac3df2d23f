//! A desktop on Wayland: sway without a screen, a keyboard that stays plugged in, and what else a test asks for.
//!
//! Sway refuses to run as root, so where the tests are root, all of the desktop runs as a user who is root only outside: the same
//! files, sockets and credentials, by another number. It is one user for all of it, so that its programs may look at each other.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::geteuid;

use super::fifo::Fifo;
use super::sway_ipc::Ipc;
use super::told::Told;
use super::turn::Turn;
use super::virtual_keyboard::{self, VirtualKeyboard};
use super::{Background, Bus, Camera, Desktop, Key, Notifications, Picture, Session};
use crate::Home;

const USER: u32 = 1000;
const BECOME_USER: [&str; 5] = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];

/// The last line tells the test where the compositor is, once it is there.
const CONFIG: &str = r#"output HEADLESS-1 resolution 1280x800
output * bg #204060 solid_color
default_border pixel 1
focus_follows_mouse no
xwayland disable
exec sh -c 'printf "%s\n%s\n" "$WAYLAND_DISPLAY" "$SWAYSOCK" >"$HOB_TEST_SESSION/ready"'
"#;

#[derive(Debug)]
pub struct SwayDesktop {
    keyboard: VirtualKeyboard,
    ipc: Ipc,
    bus: Bus,
    _compositor: Background,
    _user: Option<Background>,
    session: Session,
    _turn: Turn,
}

impl SwayDesktop {
    /// With the layout `us`, without notifications.
    pub fn start() -> Self {
        let turn = Turn::take();
        let is_root = geteuid().is_root();
        let mut session = Session::new();
        let user = is_root.then(|| become_user(&mut session));
        session.set("XDG_SESSION_TYPE", "wayland");
        session.set("XDG_CURRENT_DESKTOP", "sway");
        let bus = Bus::start(&mut session, is_root.then_some(USER));

        let told = Told::<String>::default();
        let ready = told.clone();
        let take = move |bytes: &[u8]| ready.change(|words| words.push_str(&String::from_utf8_lossy(bytes)));
        let _fifo = Fifo::make(session.path().join("ready"), take);
        let config = session.path().join("sway.conf");
        fs::write(&config, CONFIG).unwrap();
        let mut command = session.command("sway");
        command.arg("--config").arg(config);
        command.env("WLR_BACKENDS", "headless").env("WLR_LIBINPUT_NO_DEVICES", "1").env("WLR_RENDERER", "pixman");
        let compositor = Background::start("sway", &mut command);
        let words = told.until("the compositor", |words| words.matches('\n').count() == 2);
        let (display, socket) = words.trim().split_once('\n').expect("there are two lines");
        // With its whole path, for programs with another folder for what runs.
        let display = session.path().join("run").join(display);
        session.set("WAYLAND_DISPLAY", &display);
        session.set("SWAYSOCK", socket);
        let keyboard = VirtualKeyboard::plug_in(&display);
        let ipc = Ipc::new(PathBuf::from(socket));
        Self { keyboard, ipc, bus, _compositor: compositor, _user: user, session, _turn: turn }
    }

    /// Switches the keyboard to the layout of this name, such as `de`. What tests type themselves stays American.
    pub fn set_layout(&self, name: &str) {
        self.keyboard.set_layout(name);
    }

    /// Runs a command of sway's, such as `bindsym`.
    pub fn order(&self, command: &str) {
        self.ipc.order(command);
    }

    /// All that can be seen.
    pub fn picture(&self) -> Picture {
        let path = self.session.path().join("seen.png");
        let taken = self.session.command("grim").arg(&path).status().unwrap();
        assert!(taken.success(), "{taken}");
        Picture::read(&path)
    }

    /// Starts the service for notifications, and waits for it.
    pub fn start_notifications(&self) -> Notifications {
        Notifications::start(self)
    }
}

impl Desktop for SwayDesktop {
    fn session(&self) -> &Session {
        &self.session
    }

    fn bus(&self) -> &Bus {
        &self.bus
    }

    fn until_active(&self, window: &str) {
        self.ipc.until_focused(window);
    }

    fn until_gone(&self, window: &str) {
        self.ipc.until_gone(window);
    }

    fn activate(&self, window: &str) {
        self.ipc.order(&format!("[app_id=\"^{window}$\"] focus"));
        self.ipc.until_focused(window);
    }

    fn press(&self, key: Key) {
        self.keyboard.press(key);
    }

    fn release(&self, key: Key) {
        self.keyboard.release(key);
    }

    fn held_for(&self, key: Key) -> &'static [Key] {
        virtual_keyboard::held_for(key)
    }

    fn camera(&self) -> Camera {
        let mut grim = self.session.command("grim");
        grim.stdin(Stdio::null());
        Camera::Wayland(Box::new(grim))
    }

    fn adopt(&self, home: Home) -> Home {
        const NAMES: [&str; 6] = [
            "WAYLAND_DISPLAY",
            "SWAYSOCK",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_SESSION_TYPE",
            "XDG_CURRENT_DESKTOP",
            "LANG",
        ];
        self.session.adopt(home, &NAMES)
    }
}

/// Has all programs of the session run as the user of one that does nothing.
fn become_user(session: &mut Session) -> Background {
    session.run_through(&BECOME_USER);
    let mut command = session.command("sh");
    command.args(["-c", "echo; exec cat"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut user = Background::start("the user", &mut command);
    BufReader::new(user.stdout()).read_line(&mut String::new()).unwrap();
    let namespace = format!("--user=/proc/{}/ns/user", user.pid());
    session.run_through(&["nsenter", &namespace, "--preserve-credentials", "--"]);
    user
}
