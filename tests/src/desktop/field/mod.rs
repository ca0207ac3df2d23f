//! Places for text in real applications, and what they hold as they tell it themselves.

mod browser;
mod editor;
mod gtk;
mod terminal;

use std::time::Duration;

use super::told::Told;
use super::{Background, Camera, Desktop, Key};
use browser::{Browser, Program};

/// What a browser takes at most to tell of a key.
const ONE_KEY: Duration = Duration::from_millis(200);

/// An application with one field for text. Dropped, it ends.
#[derive(Debug)]
pub struct Field {
    /// The class of its window on X11, the application id on Wayland.
    class: String,
    contents: Told<Contents>,
    kept: Kept,
    camera: Camera,
}

/// What an application needs as long as it lives.
#[derive(Debug)]
enum Kept {
    Gtk(gtk::Pad),
    Terminal(terminal::Terminal),
    Browser(Browser),
    Editor(editor::Editor),
}

#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub text: String,
    /// What is selected, where the application tells.
    pub selected: String,
    pub focused: bool,
    /// Keys that came with Control, Alt or Super, where the application tells.
    pub shortcuts: Vec<String>,
}

impl Field {
    /// A field of this application that has the keyboard.
    pub fn open(application: Application, desktop: &impl Desktop, class: &str) -> Self {
        let contents = Told::default();
        let kept = match application {
            Application::GtkView => Kept::Gtk(gtk::Pad::open(desktop, class, "view", &contents)),
            Application::GtkEntry => Kept::Gtk(gtk::Pad::open(desktop, class, "entry", &contents)),
            Application::Xterm => Kept::Terminal(terminal::Terminal::xterm(desktop, class, &contents)),
            Application::Foot => Kept::Terminal(terminal::Terminal::foot(desktop, class, &contents)),
            Application::GtkDeaf => Kept::Gtk(gtk::Pad::open(desktop, class, "deaf", &contents)),
            Application::Chromium => Kept::Browser(Browser::open(desktop, class, &contents, Program::Chromium)),
            Application::TellingChromium => {
                Kept::Browser(Browser::open(desktop, class, &contents, Program::TellingChromium))
            }
            Application::Firefox => Kept::Browser(Browser::open(desktop, class, &contents, Program::Firefox)),
            Application::FeatherPad => Kept::Editor(editor::Editor::open(desktop, class, &contents)),
        };
        let is_browser = matches!(kept, Kept::Browser(_));
        let field = Self { class: class.to_owned(), contents, kept, camera: desktop.camera() };
        desktop.until_active(class);
        if is_browser {
            // It drops keys for a while after it has shown its page. One that writes nothing finds out when that is over.
            while !field.contents.comes_within(ONE_KEY, |contents| contents.focused) {
                desktop.tap(Key::Shift);
            }
        }
        field.contents.until(&format!("the keyboard in {class}"), |contents| contents.focused);
        field
    }

    pub fn class(&self) -> &str {
        &self.class
    }

    /// Waits until it holds exactly this.
    #[track_caller]
    pub fn holds(&self, text: &str) {
        self.contents.until(&format!("{text:?} in {}", self.class), |contents| contents.text == text);
    }

    /// Waits until what it holds fits.
    #[track_caller]
    pub fn until(&self, what: &str, fits: impl Fn(&Contents) -> bool) -> Contents {
        self.contents.until(what, fits)
    }

    pub fn contents(&self) -> Contents {
        self.contents.now()
    }

    /// Makes it hold this text, of which the characters of this range are selected.
    #[track_caller]
    pub fn select(&mut self, text: &str, characters: std::ops::Range<usize>) {
        let Kept::Gtk(pad) = &mut self.kept else { panic!("only the GTK applications take orders") };
        pad.order(&serde_json::json!({"text": text, "select": [characters.start, characters.end]}));
        let selected: String = text.chars().skip(characters.start).take(characters.len()).collect();
        self.contents.until("the selection", |contents| contents.text == text && contents.selected == selected);
    }

    pub fn process(&self) -> &Background {
        match &self.kept {
            Kept::Gtk(pad) => pad.process(),
            Kept::Terminal(terminal) => terminal.process(),
            Kept::Browser(browser) => browser.process(),
            Kept::Editor(editor) => editor.process(),
        }
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.camera.keep_failure();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Application {
    /// A GTK application with many lines.
    GtkView,
    /// A GTK application with one line.
    GtkEntry,
    /// The same, with a line that takes no keys.
    GtkDeaf,
    Xterm,
    Foot,
    /// A web page with a text area.
    Chromium,
    /// The same, and it tells screen readers what it holds.
    TellingChromium,
    Firefox,
    /// An editor of the toolkit Qt, whose window has a class of its own. It tells what it holds when that is saved.
    FeatherPad,
}
