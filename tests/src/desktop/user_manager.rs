//! A user manager (systemd's) as far as hob knows it: variables that a desktop tells it, and the news that the desktop's session has begun.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::Connection;
use zbus::zvariant::Value;

use super::Bus;

const NAME: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const TARGET: &str = "/org/freedesktop/systemd1/unit/graphical_2dsession_2etarget";

/// Dropped, it is gone.
#[derive(Debug)]
pub struct UserManager<'a> {
    bus: &'a Bus,
    connection: Connection,
    variables: Arc<Mutex<Vec<String>>>,
    /// Somebody wants news of units.
    subscribed: Arc<Mutex<bool>>,
}

struct Manager {
    variables: Arc<Mutex<Vec<String>>>,
    subscribed: Arc<Mutex<bool>>,
}

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    #[zbus(property(emits_changed_signal = "false"))]
    fn environment(&self) -> Vec<String> {
        self.variables.lock().unwrap().clone()
    }

    fn subscribe(&self) {
        *self.subscribed.lock().unwrap() = true;
    }
}

impl<'a> UserManager<'a> {
    pub fn start(bus: &'a Bus) -> Self {
        let (variables, subscribed) = (Arc::default(), Arc::default());
        let manager = Manager { variables: Arc::clone(&variables), subscribed: Arc::clone(&subscribed) };
        let connection = bus.serve(NAME, PATH, manager);
        Self { bus, connection, variables, subscribed }
    }

    /// As `systemctl --user import-environment` does, of which nothing tells.
    pub fn import(&self, name: &str, value: &str) {
        self.variables.lock().unwrap().push(format!("{name}={value}"));
    }

    /// As a desktop does when it has told everything.
    pub fn begin_session(&self) {
        assert!(*self.subscribed.lock().unwrap(), "else it tells nobody");
        let changed = HashMap::from([("ActiveState", Value::from("active"))]);
        let news = ("org.freedesktop.systemd1.Unit", changed, &[] as &[&str]);
        self.bus.tell(&self.connection, TARGET, ["org.freedesktop.DBus.Properties", "PropertiesChanged"], &news);
    }
}
