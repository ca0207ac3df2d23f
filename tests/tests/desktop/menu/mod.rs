//! The tray's menu: every entry that it ever has is clicked as a panel does it, and what comes of it is seen from outside. An entry
//! that is clicked nowhere in here fails the test, so that none can be added without one.

mod clicks;

use std::fs;

use hob_protocol::daemon::{EngineKind, EngineState, Phase};
use hob_tests::desktop::{Application, Clipboard, Desktop, Field, Line, Opener, X11Desktop};
use hob_tests::{Home, Recording, SPEECH_MODEL, SoundServer, TEXT_MODEL};

use clicks::{Menu, TRANSLATE};

/// By their codes.
const LANGUAGES: [(&str, &str); 13] = [
    ("Automatic", "auto"),
    ("English", "en"),
    ("German", "de"),
    ("French", "fr"),
    ("Spanish", "es"),
    ("Italian", "it"),
    ("Portuguese", "pt"),
    ("Dutch", "nl"),
    ("Polish", "pl"),
    ("Russian", "ru"),
    ("Ukrainian", "uk"),
    ("Chinese", "zh"),
    ("Japanese", "ja"),
];

const REWRITE: &str = "Say the same in another tone: formal, friendly, concise or simple";

/// What each action is called, below which title its variants are, and what it has the model do.
const ACTIONS: [(&[&str], &str); 15] = [
    (&["Correct spelling, grammar and punctuation"], "Correct the text"),
    (&[REWRITE, "Formal"], "in a formal and polite tone"),
    (&[REWRITE, "Friendly"], "in a friendly and warm tone"),
    (&[REWRITE, "Concise"], "in fewer words"),
    (&[REWRITE, "Simple"], "in simple words"),
    (&["Say the same in about half the words"], "Shorten the text"),
    (&["Write notes out into full sentences"], "Write out the notes"),
    (&["Say what matters in two or three sentences"], "Summarize the text"),
    (&["List the points of a text"], "List the points"),
    (&["Find a title"], "a title"),
    (&[TRANSLATE, "English"], "into English"),
    (&[TRANSLATE, "German"], "into German"),
    (&[TRANSLATE, "French"], "into French"),
    (&[TRANSLATE, "Spanish"], "into Spanish"),
    (&["Explain a text, a term or a piece of code in plain words"], "Explain the text"),
];

/// A model that hangs once, so that a text can be on its way for as long as it takes to look.
const HANGS_ONCE: &str = r#"{"on_request": ["once-hang"]}"#;

#[test]
fn every_entry_of_the_menu_does_what_it_says() {
    let desktop = X11Desktop::start();
    let _panel = desktop.start_panel();
    let mut field = Field::open(Application::GtkView, &desktop, "target");
    let server = SoundServer::start();
    let home = server.with(desktop.adopt(Home::new())).with_script(HANGS_ONCE);
    let requests = home.path().join("requests");
    let home = home.with_variable("HOB_FAKE_REQUESTS", requests).with_config("[insert]\nmethods = ['xtest']\n");
    let (opener, home) = Opener::install(&desktop, home);
    let mut menu = Menu::start(&desktop, home);

    dictates(&mut menu, &server, &field);
    copies_recent_texts(&mut menu, &desktop);
    works_on_the_selection(&mut menu, &mut field);
    works_on_the_clipboard(&mut menu, &desktop);
    pauses(&mut menu);
    chooses_a_microphone(&mut menu);
    chooses_a_language(&mut menu);
    loads_models(&mut menu);
    opens_files(&mut menu, &opener);
    menu.choose(&["Quit"]);
    let Menu { daemon, seen, clicked, .. } = menu;
    let (status, _home) = daemon.ended();
    assert!(status.success(), "{status}");

    let unknown: Vec<_> = seen.difference(&clicked).collect();
    assert!(unknown.is_empty(), "entries that this test clicks nowhere: {unknown:?}");
}

fn dictates(menu: &mut Menu<'_>, server: &SoundServer, field: &Field) {
    // The model hangs with this one.
    menu.choose(&["Dictate"]);
    menu.until_phase(Phase::Recording);
    server.say("desk", &Recording::Fox.sound().trimmed());
    menu.choose(&["Stop dictating"]);
    menu.until_phase(Phase::Finishing);
    menu.tray.until(&[], |line| line.label == "Your text is on its way" && !line.can_be_chosen);
    menu.choose(&["Throw this dictation away"]);
    menu.until_phase(Phase::Idle);

    menu.choose(&["Dictate"]);
    menu.until_phase(Phase::Recording);
    menu.choose(&["Throw this dictation away"]);
    menu.until_phase(Phase::Idle);
    assert_eq!(field.contents().text, "");

    // By the icon itself, too.
    for begin in [|menu: &mut Menu<'_>| menu.choose(&["Dictate"]), |menu: &mut Menu<'_>| menu.tray.click()] {
        begin(menu);
        menu.until_phase(Phase::Recording);
        server.say("desk", &Recording::Fox.sound().trimmed());
        menu.choose(&["Stop dictating"]);
        menu.until_phase(Phase::Idle);
        field.until("what was said", |contents| {
            contents.text.starts_with("heard ") && contents.text.ends_with(" samples")
        });
        menu.choose(&["Take back the last insertion"]);
        field.holds("");
    }
    // There is nothing more to take back for sure, and what was not done is told.
    menu.choose(&["Take back the last insertion"]);
    menu.tray.until(&[], |line| line.label.starts_with("⚠ ") && !line.can_be_chosen);
}

fn copies_recent_texts(menu: &mut Menu<'_>, desktop: &X11Desktop) {
    let recording = menu.daemon.home().recording(600);
    menu.daemon.hob(&["dictate", "--file", &recording]).printed();
    menu.tray.until(&["Recent texts"], |line| line.label == "heard 9600 samples");
    let recent = menu.tray.until(&[], |line| line.label == "Recent texts").lines;
    assert_eq!(recent.len(), 3, "{recent:?}");
    for Line { label, .. } in recent {
        let copied = Clipboard::Clipboard.own(desktop, &[("UTF8_STRING", b"was copied")]);
        menu.choose(&["Recent texts", &label]);
        copied.until_lost();
        assert_eq!(Clipboard::Clipboard.text(desktop), Some(label));
    }
}

fn works_on_the_selection(menu: &mut Menu<'_>, field: &mut Field) {
    for (titles, order) in ACTIONS {
        field.select("before two words after", 7..16);
        menu.requests();
        menu.choose(&[&["Selected text"], titles].concat());
        // The scripted model gives back what it gets. What is written in the place of a selection is not selected.
        let replaced = "what was selected is replaced";
        field.until(replaced, |contents| contents.text == "before two words after" && contents.selected.is_empty());
        menu.until_no_action();
        let requests = menu.requests();
        assert!(requests.contains(order) && requests.contains("\ntwo words\n"), "{titles:?}: {requests}");
    }
}

fn works_on_the_clipboard(menu: &mut Menu<'_>, desktop: &X11Desktop) {
    for (titles, order) in ACTIONS {
        let copied = Clipboard::Clipboard.own(desktop, &[("UTF8_STRING", b"other words")]);
        menu.requests();
        menu.choose(&[&["Text on the clipboard"], titles].concat());
        copied.until_lost();
        assert_eq!(Clipboard::Clipboard.text(desktop).as_deref(), Some("other words"));
        menu.until_no_action();
        let requests = menu.requests();
        assert!(requests.contains(order) && requests.contains("\nother words\n"), "{titles:?}: {requests}");
    }
}

fn pauses(menu: &mut Menu<'_>) {
    menu.choose(&["Pause"]);
    menu.watch.until(|state| state.paused);
    menu.until_ticked(&[], "Pause");
    menu.tray.until(&[], |line| line.label == "Dictate" && !line.can_be_chosen);
    menu.choose(&["Pause"]);
    menu.watch.until(|state| !state.paused);
    menu.until_not_ticked(&[], "Pause");
    menu.tray.until(&[], |line| line.label == "Dictate" && line.can_be_chosen);
}

fn chooses_a_microphone(menu: &mut Menu<'_>) {
    // One that is not plugged in stays a choice, which comes back by a click when the file is written but not read again.
    let file = menu.daemon.home().config_file();
    let former = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{former}[dictation]\nmicrophone = \"usb\"\n")).unwrap();
    menu.daemon.hob(&["reload"]).printed();
    menu.until_ticked(&["Microphone"], "usb (not there)");
    fs::write(&file, former).unwrap();
    menu.choose(&["Microphone", "usb"]);
    menu.until_configured("microphone = \"usb\"");
    let mut before = "usb";
    for (microphone, name) in [("The-headset", "headset"), ("The-desk", "desk"), ("Follow the system", "default")] {
        menu.choose(&["Microphone", microphone]);
        menu.until_configured(&format!("microphone = \"{name}\""));
        if before != "usb" {
            menu.until_not_ticked(&["Microphone"], before);
        }
        menu.until_ticked(&["Microphone"], microphone);
        before = microphone;
    }
}

fn chooses_a_language(menu: &mut Menu<'_>) {
    // Several are a choice of the settings file, and come back by a click when the file is written but not read again.
    let several = "[speech]\nlanguage = \"de,fr\"\n";
    let file = menu.daemon.home().config_file();
    fs::write(&file, several).unwrap();
    menu.daemon.hob(&["reload"]).printed();
    menu.watch.until(|state| state.language == "de,fr");
    menu.until_ticked(&["Language"], "de,fr");
    fs::write(&file, "").unwrap();
    menu.choose(&["Language", "de,fr"]);
    menu.until_configured("language = \"de,fr\"");
    let mut before = "de,fr";
    for (language, code) in LANGUAGES.into_iter().skip(1).chain([LANGUAGES[0]]) {
        menu.choose(&["Language", language]);
        menu.watch.until(|state| state.language == code);
        menu.until_configured(&format!("language = \"{code}\""));
        menu.until_ticked(&["Language"], language);
        if before != "de,fr" {
            menu.until_not_ticked(&["Language"], before);
        }
        before = language;
    }
}

fn loads_models(menu: &mut Menu<'_>) {
    for (title, model, kind) in
        [("Speech model", SPEECH_MODEL, EngineKind::Speech), ("Text model", TEXT_MODEL, EngineKind::Text)]
    {
        // Work has loaded it.
        for _ in 0..2 {
            menu.until_ticked(&[title], model);
            menu.tray.until(&[title], |line| line.is_ticked && line.label.ends_with("of memory in use"));
            menu.choose(&[title, "Unload, and free its memory"]);
            menu.watch.until_engine(kind, |engine| engine.state == EngineState::Stopped);
            menu.choose(&[title, model]);
            menu.watch.until_engine(kind, |engine| engine.state == EngineState::Ready);
        }
    }
}

fn opens_files(menu: &mut Menu<'_>, opener: &Opener) {
    menu.choose(&["Settings"]);
    opener.until(&menu.daemon.home().config_file());
    menu.choose(&["History"]);
    let history = menu.daemon.home().socket().with_file_name("history.txt");
    opener.until(&history);
    let page = fs::read_to_string(&history).unwrap();
    assert!(page.contains("heard 9600 samples"), "{page}");
}
