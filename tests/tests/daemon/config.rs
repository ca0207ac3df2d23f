//! The configuration: what is wrong with it is told with file, line and hint, at the start and while the daemon runs.

use hob_tests::{Daemon, Home, Wire};
use serde_json::{Value, json};

#[test]
fn a_wrong_configuration_prevents_the_start() {
    for (text, line, problem, hint) in [
        (
            "[speech]\nmodle = \"base\"\n",
            2,
            "unknown key `speech.modle`",
            "did you mean `speech.model`? `man hob` lists all keys",
        ),
        (
            "[limits]\n\nconnections = 0\n",
            3,
            "`limits.connections` cannot be integer `0`",
            "it takes a whole number from 1 to 4096",
        ),
        (
            "[speech]\nlanguage = \"English\"\n",
            2,
            "`speech.language` cannot be string \"English\"",
            "it takes the ISO 639 code of a language, such as \"en\", several with commas, or \"auto\"",
        ),
    ] {
        let home = Home::new().with_config(text);
        let expected = format!("hobd: {}:{line}: {problem}\nhint: {hint}\n", home.config_file().display());
        assert_eq!(home.run_hobd().complained(), (1, expected), "{text}");
        assert!(!home.socket().exists(), "it was not there even for a moment");
    }
}

#[test]
fn hob_config_names_another_file() {
    let home = Home::new().with_config("[engines]\nidle_s = \"often\"\n");
    let other = home.path().join("other.toml");
    std::fs::write(&other, "[limits]\nconnections = 7\n").unwrap();
    let daemon = home.with_variable("HOB_CONFIG", &other).start();
    assert_eq!(daemon.state().config, other.to_str().unwrap());
}

fn reload(daemon: &Daemon) -> Value {
    daemon.ask("dev.hob.Daemon.Reload", json!({}))
}

/// The limit in force, as the first connection beyond it learns it.
#[track_caller]
fn connections_are_limited_to(daemon: &Daemon, limit: usize) {
    let mut wires: Vec<_> = (0..limit).map(|_| daemon.wire()).collect();
    for wire in &mut wires {
        assert!(wire.ask("dev.hob.Text.Actions", json!({}))["error"].is_null());
    }
    let busy = json!({"error": "dev.hob.Daemon.Busy", "parameters": {"what": "connections", "limit": limit}});
    assert_eq!(daemon.wire().reply(), busy);
    wires.into_iter().for_each(Wire::close);
}

#[test]
fn a_good_reload_says_what_changed_and_is_in_force() {
    let daemon = Home::new().with_config("[limits]\nconnections = 5\n").start();
    connections_are_limited_to(&daemon, 5);
    daemon.home().write_config("[limits]\nconnections = 3\n[speech]\nlanguage = \"de\"\nthreads = 0\n");
    let changed = json!({"parameters": {"changed": ["limits.connections", "speech.language"]}});
    assert_eq!(reload(&daemon), changed);
    connections_are_limited_to(&daemon, 3);
    assert_eq!(reload(&daemon), json!({"parameters": {"changed": []}}), "nothing new");
}

#[test]
fn a_bad_reload_says_where_and_leaves_what_was_in_force() {
    let daemon = Home::new().with_config("[limits]\nconnections = 5\n").start();
    daemon.home().write_config("[limits]\nconnections = 3\nconections = 4\n");
    let file = daemon.home().config_file();
    let refused = json!({"error": "dev.hob.Daemon.ConfigInvalid", "parameters": {
        "file": file,
        "line": 3,
        "problem": "unknown key `limits.conections`",
        "hint": "did you mean `limits.connections`? `man hob` lists all keys",
    }});
    let expected = format!(
        "hob: {}:3: unknown key `limits.conections`\nhint: did you mean `limits.connections`? `man hob` lists all keys\n",
        file.display()
    );
    assert_eq!(daemon.hob(&["reload"]).complained(), (1, expected));
    assert_eq!(reload(&daemon), refused);
    connections_are_limited_to(&daemon, 5);
}
