//! A desktop on X11: an X server without a screen, a window manager, and what else a test asks for.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::keys::Keyboard;
use super::turn::Turn;
use super::{Background, Bus, Camera, Desktop, Display, Key, Notifications, Session};
use crate::Home;

/// Ends in the order of its fields: the server before the folder.
#[derive(Debug)]
pub struct X11Desktop {
    keyboard: Keyboard,
    display: Display,
    _window_manager: Background,
    bus: Bus,
    _server: Background,
    session: Session,
    _turn: Turn,
}

impl X11Desktop {
    /// With the layout `us`, without panel and notifications.
    pub fn start() -> Self {
        let turn = Turn::take();
        let mut session = Session::new();
        let mut command = session.command("Xvfb");
        // It looks for a free display number itself, and says which it took.
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let mut server = Background::start("Xvfb", command.stdout(Stdio::piped()));
        let mut number = String::new();
        BufReader::new(server.stdout()).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        session.set("DISPLAY", &name);
        session.set("XDG_SESSION_TYPE", "x11");
        session.set("XDG_CURRENT_DESKTOP", "XFCE");
        let display = Display::connect(&name);
        let keyboard = Keyboard::new(Display::connect(&name));
        session.run("setxkbmap", &["us"]).printed();
        let bus = Bus::start(&mut session, None);
        let window_manager = start_window_manager(&session);
        display.until_managed();
        Self { keyboard, display, _window_manager: window_manager, bus, _server: server, session, _turn: turn }
    }

    pub fn display(&self) -> &Display {
        &self.display
    }

    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Switches the keyboard to the layout of this name, such as `de`.
    pub fn set_layout(&self, name: &str) {
        self.session.run("setxkbmap", &[name]).printed();
    }

    /// A modifier that is tapped stays in force until the next key, as some people need it.
    pub fn make_keys_sticky(&self) {
        self.keyboard.make_sticky();
    }

    /// Starts a panel at the top with a tray at its right end, and waits for the tray. Dropped, it ends; it may start again.
    pub fn start_panel(&self) -> Background {
        let folder = self.session.path().join("config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("xfce4-panel.xml"), PANEL).unwrap();
        let panel = self.session.start("xfce4-panel", &["--disable-wm-check"]);
        self.bus.wait_for("org.kde.StatusNotifierWatcher");
        panel
    }

    /// Starts the service for notifications, and waits for it.
    pub fn start_notifications(&self) -> Notifications {
        Notifications::start(self)
    }
}

impl Desktop for X11Desktop {
    fn session(&self) -> &Session {
        &self.session
    }

    fn bus(&self) -> &Bus {
        &self.bus
    }

    fn until_active(&self, window: &str) {
        self.display.until_active(window);
    }

    fn until_gone(&self, window: &str) {
        self.display.until_gone(window);
    }

    fn activate(&self, window: &str) {
        self.display.activate(window);
    }

    fn press(&self, key: Key) {
        self.keyboard.press(key);
    }

    fn release(&self, key: Key) {
        self.keyboard.release(key);
    }

    fn held_for(&self, key: Key) -> &'static [Key] {
        self.keyboard.held_for(key)
    }

    fn camera(&self) -> Camera {
        Camera::X11 { display: self.session.get("DISPLAY").to_string_lossy().into_owned() }
    }

    fn adopt(&self, home: Home) -> Home {
        const NAMES: [&str; 5] =
            ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "LANG"];
        self.session.adopt(home, &NAMES)
    }
}

/// It binds all its keys anew for each key that changes, and falls behind for minutes in a test that changes thousands: told not to.
fn start_window_manager(session: &Session) -> Background {
    let usual = fs::read_to_string("/etc/xdg/openbox/rc.xml").unwrap();
    let config = session.path().join("config/openbox.xml");
    let without = "<keyboard>\n  <rebindOnMappingNotify>no</rebindOnMappingNotify>";
    fs::write(&config, usual.replacen("<keyboard>", without, 1)).unwrap();
    session.start("openbox", &["--sm-disable", "--config-file", config.to_str().expect("it is plain text")])
}

/// One panel, 32 pixels high, with the windows at its left and the tray at its right.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#;
