//! The icons in the tray as a panel sees them, and their menus, chosen from as a panel does it: over `com.canonical.dbusmenu`.

use std::collections::HashMap;

use zbus::zvariant::{OwnedValue, Value};

use super::Bus;

const HOST: &str = "org.kde.StatusNotifierWatcher";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const MENU: &str = "com.canonical.dbusmenu";
const UNKNOWN_LINE: &str = "org.freedesktop.DBus.Error.InvalidArgs";
const MENU_PATH: &str = "/MenuBar";

/// The one icon of a desktop.
#[derive(Debug)]
pub struct Tray<'a> {
    bus: &'a Bus,
    /// Of the program on the bus.
    name: String,
}

/// A line of the menu as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    id: i32,
    pub label: String,
    pub can_be_chosen: bool,
    pub is_ticked: bool,
    pub lines: Vec<Line>,
}

/// Number, properties and children of a line, as it travels.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl<'a> Tray<'a> {
    /// Waits until there is an icon.
    #[track_caller]
    pub fn of(bus: &'a Bus) -> Self {
        let name = bus.until(HOST, "an icon in the tray", || {
            let get = (HOST, "RegisteredStatusNotifierItems");
            let items: OwnedValue = bus.call([HOST, "/StatusNotifierWatcher", PROPERTIES], "Get", &get);
            let items = Vec::<String>::try_from(items).unwrap();
            Some(items.first()?.split('/').next()?.to_owned())
        });
        Self { bus, name }
    }

    pub fn menu(&self) -> Vec<Line> {
        let all = (0, -1, &[] as &[&str]);
        let (_, layout): (u32, Layout) = self.bus.call([&self.name, MENU_PATH, MENU], "GetLayout", &all);
        Line::of(layout).lines
    }

    /// Waits until the menu has a line that fits, below these titles.
    #[track_caller]
    pub fn until(&self, titles: &[&str], fits: impl Fn(&Line) -> bool) -> Line {
        self.bus.until(MENU, &format!("a line of the menu below {titles:?}"), || self.find(titles, &fits))
    }

    /// Clicks on a line as soon as it is there and can be chosen; its label comes after those of the menus around it.
    #[track_caller]
    pub fn choose(&self, labels: &[&str]) {
        let (label, titles) = labels.split_last().expect("a line has a label");
        self.choose_that(titles, |line| line.label == *label);
    }

    /// The same for a line that fits, below these titles. Gives its label.
    #[track_caller]
    pub fn choose_that(&self, titles: &[&str], fits: impl Fn(&Line) -> bool) -> String {
        self.bus.until(MENU, &format!("a click on a line below {titles:?}"), || {
            let line = self.find(titles, |line| fits(line) && line.can_be_chosen)?;
            let click = (line.id, "clicked", Value::from(""), 0_u32);
            match self.bus.try_call::<_, ()>([&self.name, MENU_PATH, MENU], "Event", &click) {
                // The menu has become another in between, which is told then.
                Err(zbus::Error::MethodError(name, ..)) if name == UNKNOWN_LINE => None,
                // A program that ends by this click may be gone before it answers.
                Ok(()) | Err(_) => Some(line.label),
            }
        })
    }

    fn find(&self, titles: &[&str], fits: impl Fn(&Line) -> bool) -> Option<Line> {
        let below = titles
            .iter()
            .try_fold(self.menu(), |lines, title| Some(lines.into_iter().find(|line| line.label == *title)?.lines));
        below?.into_iter().find(fits)
    }

    /// Clicks on the icon itself.
    pub fn click(&self) {
        let item = "org.kde.StatusNotifierItem";
        self.bus.call::<_, ()>([&self.name, "/StatusNotifierItem", item], "Activate", &(0, 0));
    }
}

impl Line {
    fn of((id, properties, children): Layout) -> Self {
        let text = |name: &str| properties.get(name).and_then(|value| String::try_from(value.clone()).ok());
        let is_ticked = properties.get("toggle-state").is_some_and(|value| i32::try_from(value) == Ok(1));
        let is_greyed = properties.get("enabled").is_some_and(|value| bool::try_from(value) == Ok(false));
        let is_line = text("type").as_deref() == Some("separator");
        let lines = children.into_iter().map(|child| Self::of(Layout::try_from(child).unwrap()));
        Self {
            id,
            // A single `_` marks a shortcut.
            label: text("label").unwrap_or_default().replace("__", "_"),
            can_be_chosen: !is_greyed && !is_line,
            is_ticked,
            lines: lines.collect(),
        }
    }
}
