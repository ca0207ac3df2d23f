//! Tables of files and what becomes of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Choice, Config, ConfigError, changes, keys, load, parse, path};

fn read(text: &str) -> Config {
    parse(Path::new("c.toml"), text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn refused(bytes: &[u8]) -> ConfigError {
    parse(Path::new("c.toml"), bytes).expect_err("the text is not a valid configuration")
}

#[test]
fn empty_files_and_missing_files_hold_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(load(&folder.path().join("none.toml")), Ok(Config::default()));
    for text in ["", "\n", "# nothing\n", "\u{feff}", "\u{feff}# a\r\n[speech]\r\n"] {
        assert_eq!(read(text), Config::default(), "{text:?}");
    }
    assert_eq!(read("[engines]\nidle_s = 'never'").engines.idle_s, 0);
    let defaults = Config::default();
    assert_eq!((defaults.engines.idle_s, defaults.dictation.max_s), (900, 3600));
    assert_eq!((defaults.limits.connections, defaults.limits.requests), (128, 64));
    assert_eq!(defaults.dictation.microphone, "default");
    assert_eq!((defaults.history.audio, defaults.history.texts, defaults.history.days), (false, 100, 30));
}

#[test]
fn every_key_can_be_set_and_is_seen_as_a_change() {
    let config = read(
        "\u{feff}speech = { model = 'base', language = 'en', prompt = 'Zürich', threads = 4, \
         vocabulary = ['Ada'] }\n\
         [text]\nmodel = 'smollm2-135m'\nthreads = 2\ncontext_tokens = 4096\nstates_mb = 64\n\
         adapters = { fix = 'brief' }\n\
         [dictation]\nmicrophone = 'headset'\naudio = 'alsa'\npre_roll_ms = 500\nkeep_open_s = 30\nauto_stop_s = 2\nmax_s = 60\n\
         [polish]\ncommands = 'off'\nnumbers = true\nfillers = true\n\
         [history]\naudio = true\ntexts = 0\ndays = 36_500\n\
         [engines]\nidle_s = 0\nforbid_builds = ['native', 'x86-64-v4']\n\
         [memory]\nbudget_mb = 2048\npinned = ['base']\nbattery_threads = 1\n\
         [limits]\nconnections = 4_096\nrequests = 1\n\
         [keys]\ndictate = 'F9'\ncancel = 'ctrl+Escape'\nundo = 'super+u'\nmenu = 'super+m'\nsource = 'portal'\nhold_ms = 0\n\
         [keys.actions]\nfix = 'super+f'\n\
         [insert]\nmethods = ['clipboard']\ncommand = ['cat', '-']\npaste_key = 'shift+insert'\nnewline = 'space'\n\
         paste_from_chars = 0\nrestore_clipboard = false\n\
         [feedback]\nsounds = false\nnotifications = false\nindicator = true\ntray = false\nshow_text = true\n\
         [[apps]]\nclass = '^xterm$'\ntitle = 'chat'\nlanguage = 'de'\nvocabulary = ['ls']\naction = 'fix'\n\
         method = 'clipboard'\npaste_key = 'ctrl+shift+v'\nnewline = 'shift+return'\n\
         [[replacements]]\nfrom = 'a'\nto = 'b'\n\
         [[replacements]]\nfrom = '(a+)'\nto = '${1}b'\nregex = true\nmatch_case = true\n",
    );
    assert_eq!(config.speech.model, Choice::Named("base".to_owned()));
    assert_eq!(config.speech.language.named(), Some("en"));
    assert_eq!(config.speech.prompt.as_str(), "Zürich");
    assert_eq!((config.text.context_tokens, config.text.states_mb), (4096, 64));
    assert_eq!(config.engines.forbid_builds, ["native", "x86-64-v4"]);
    assert_eq!(changes(&Config::default(), &config), keys());
    assert_eq!(changes(&config, &config), [] as [&str; 0]);
    assert_eq!(changes(&config, &Config { speech: super::Speech::default(), ..config.clone() }).len(), 5);
}

#[test]
fn auto_is_the_choice_of_the_daemon() {
    assert_eq!(read("[speech]\nmodel = 'auto'\nlanguage = 'auto'"), Config::default());
}

#[test]
fn language_may_be_one_of_several() {
    assert_eq!(read("[speech]\nlanguage = 'de, en'").speech.language.named(), Some("de, en"));
}

#[test]
fn words_of_the_prompt_stay_out_of_debug() {
    assert!(!format!("{:?}", read("[speech]\nprompt = 'Gloria'")).contains("Gloria"));
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_a_hint() {
    let whole_to_256 = "it takes a whole number from 0 to 256";
    let limit = "it takes a whole number from 1 to 4096";
    let no_action = "`hob actions` lists the actions; one of your own is a section [actions.NAME]";
    let key = "it takes a key such as \"ctrl+alt+space\" or \"F9\", or \"\" for none";
    let table = [
        ("[speech]\n\nthreads = 300", 3, "`speech.threads` cannot be integer `300`", whole_to_256),
        ("[speech]\nthreads = -1", 2, "`speech.threads` cannot be integer `-1`", whole_to_256),
        ("[speech]\nthreads = 1.5", 2, "`speech.threads` cannot be floating point `1.5`", whole_to_256),
        ("[speech]\nthreads = 'four'", 2, "`speech.threads` cannot be string \"four\"", whole_to_256),
        ("[limits]\nrequests = 0", 2, "`limits.requests` cannot be integer `0`", limit),
        ("[limits]\r\nrequests = 2\r\nconnections = 4097", 3, "`limits.connections` cannot be integer `4097`", limit),
        (
            "text.context_tokens = 255",
            1,
            "`text.context_tokens` cannot be integer `255`",
            "it takes 0, or a whole number from 256 to 1048576",
        ),
        (
            "[dictation]\nmax_s = 9223372036854775807",
            2,
            "`dictation.max_s` cannot be integer `9223372036854775807`",
            "it takes a whole number from 1 to 21600",
        ),
        (
            "[speech]\nlanguage = 'English'",
            2,
            "`speech.language` cannot be string \"English\"",
            "it takes the ISO 639 code of a language, such as \"en\", several with commas, or \"auto\"",
        ),
        (
            "[speech]\nmodel = '../base'",
            2,
            "`speech.model` cannot be string \"../base\"",
            "it takes the name of a model (`hob models list`), or \"auto\"",
        ),
        ("[history]\naudio = 'no'", 2, "`history.audio` cannot be string \"no\"", "it takes true or false"),
        (
            "[engines]\nidle_s = 'ever'",
            2,
            "`engines.idle_s` cannot be string \"ever\"",
            "it takes a whole number from 0 to 604800, or \"never\"",
        ),
        (
            "[engines]\nidle_s = -1",
            2,
            "`engines.idle_s` cannot be integer `-1`",
            "it takes a whole number from 0 to 604800, or \"never\"",
        ),
        ("[history]\ndays = 0", 2, "`history.days` cannot be integer `0`", "it takes a whole number from 1 to 36500"),
        ("[speech]\nprompt = ['a']", 2, "`speech.prompt` cannot be sequence", "it takes a text"),
        (
            "[dictation]\naudio = 'jack'",
            2,
            "`dictation.audio` cannot be string \"jack\"",
            "it takes \"auto\", \"pipewire\", \"pulseaudio\" or \"alsa\"",
        ),
        (
            "[dictation]\npre_roll_ms = 2001",
            2,
            "`dictation.pre_roll_ms` cannot be integer `2001`",
            "it takes a whole number from 0 to 2000",
        ),
        (
            "[dictation]\nmicrophone = ' '",
            2,
            "`dictation.microphone` cannot be string \" \"",
            "it takes the name of an input device, or \"default\"",
        ),
        (
            "[engines]\nforbid_builds = 'native'",
            2,
            "`engines.forbid_builds` cannot be string \"native\"",
            "it takes a list of engine builds, such as [\"x86-64-v4\"]",
        ),
        (
            "[engines]\nforbid_builds = [\n 'native',\n 3]",
            4,
            "`engines.forbid_builds[1]` cannot be integer `3`",
            "it takes the name of an engine build, such as \"x86-64-v4\"",
        ),
        (
            "[polish]\ncommands = 'safe'",
            2,
            "`polish.commands` cannot be string \"safe\"",
            "it takes \"on\", \"off\" or \"all\"",
        ),
        (
            "[speech]\nvocabulary = [\n'Ada',\n'']",
            4,
            "`speech.vocabulary[1]` cannot be string \"\"",
            "it takes a name or a word, such as \"Ada Lovelace\"",
        ),
        (
            "[speech]\nvocabulary = 'Ada'",
            2,
            "`speech.vocabulary` cannot be string \"Ada\"",
            "it takes a list of names and words, such as [\"Ada Lovelace\"]",
        ),
        (
            "replacements = 3",
            1,
            "`replacements` cannot be integer `3`",
            "it takes tables: lines [[replacements]] with `from` and `to` below each",
        ),
        ("[[replacements]]\nfrom = 'a'", 1, "`replacements[0]` has no `to`", "add a line `to = …`"),
        (
            "[[replacements]]\nfrom = ''\nto = ''",
            2,
            "`replacements[0].from` has nothing to find",
            "it takes the words to replace",
        ),
        (
            "[[replacements]]\nfrom = 'a'\nto = 'b'\n\n[[replacements]]\nto = 'b'\nregex = true\nfrom = '(a'\n",
            8,
            "`replacements[1].from` cannot be the regular expression `(a`: unclosed group",
            "it takes a regular expression in single quotes, such as '(\\d+) percent'; without `regex = true` it is plain words",
        ),
        (
            "\u{feff}[[replacements]]\nfrom = 'a'\nregex = true\nto = 'x$1'",
            4,
            "`replacements[0].to` names the group `$1`, which the regular expression does not have",
            "groups are written $1 or ${1}, and a dollar sign $$",
        ),
        (
            "[[replacements]]\nfrom = 'a'\nto = 'x'\nregex = 'yes'",
            4,
            "`replacements[0].regex` cannot be string \"yes\"",
            "it takes true or false",
        ),
        ("[keys]\ndictate = 'ctrl + a'", 2, "`keys.dictate` cannot be string \"ctrl + a\"", key),
        ("[keys]\nundo = 3", 2, "`keys.undo` cannot be integer `3`", key),
        ("[keys.actions]\n\nfix = 'a+'", 3, "`keys.actions.fix` cannot be string \"a+\"", key),
        ("[keys.actions]\nfxi = 'a'", 2, "`keys.actions` names the action `fxi`, which there is not", no_action),
        (
            "[actions.fix]\nprompt = 'x'",
            1,
            "`actions` cannot be string \"fix\"",
            "it takes sections [actions.NAME], with a name of small letters, digits and hyphens that no action has yet",
        ),
        ("[actions.a]\nhelp = 'x'", 1, "`actions.a` has no `prompt`", "add a line `prompt = …`"),
        (
            "[actions.a]\nprompt = 'x'\noutput = 'song'",
            3,
            "`actions.a.output` cannot be string \"song\"",
            "it takes \"replace\", \"text\", \"line\" or \"json\"",
        ),
        (
            "[actions.a]\nprompt = 'x'\nkeep = ['rhymes']",
            3,
            "`actions.a.keep[0]` cannot be string \"rhymes\"",
            "it takes \"numbers\", \"names\", \"links\", \"code\" or \"language\"",
        ),
        (
            "[actions.a]\nprompt = 'x'\nschema = '{\"type\"'",
            3,
            "`actions.a.schema` cannot be string \"{\\\"type\\\"\"",
            "it takes a JSON schema, as a table or as a text such as '{\"type\": \"object\"}'",
        ),
        (
            "[actions.a]\nprompt = 'x'\noutput = 'line'\n[actions.a.schema]\ntype = 'object'",
            4,
            "`actions.a.schema` has no effect with another output than \"json\"",
            "leave out `output`, or the schema",
        ),
        (
            "[keys]\nsource = 'x12'",
            2,
            "`keys.source` cannot be string \"x12\"",
            "it takes \"auto\", \"x11\", \"global-hotkey\", \"portal\", \"evdev\" or \"none\"",
        ),
        (
            "[insert]\npaste_key = 'v'",
            2,
            "`insert.paste_key` cannot be string \"v\"",
            "it takes \"auto\", \"ctrl+v\", \"shift+insert\" or \"ctrl+shift+v\"",
        ),
        (
            "[insert]\nmethods = ['a b']",
            2,
            "`insert.methods[0]` cannot be string \"a b\"",
            "it takes the name of an insertion method (`hob doctor`)",
        ),
        (
            "[[apps]]\nclass = 'a'\n[[apps]]\nclass = '(a'",
            4,
            "`apps[1].class` cannot be string \"(a\"",
            "it takes a regular expression in single quotes, such as '^firefox$'",
        ),
        ("[[apps]]\naction = 'fxi'", 2, "`apps.action` names the action `fxi`, which there is not", no_action),
        (
            "[[apps]]\nnewline = 'never'",
            2,
            "`apps[0].newline` cannot be string \"never\"",
            "it takes \"auto\", \"return\", \"shift+return\" or \"space\"",
        ),
        ("speech = 'base'", 1, "`speech` cannot be string \"base\"", "it takes a section: keys below a line [speech]"),
        ("\u{feff}\n[text]\nthreads = true", 3, "`text.threads` cannot be boolean `true`", whole_to_256),
    ];
    for (text, line, problem, hint) in table {
        let error = refused(text.as_bytes());
        assert_eq!((error.line, error.problem.as_str(), error.hint.as_str()), (line, problem, hint), "{text:?}");
        assert_eq!(error.to_string(), format!("c.toml:{line}: {problem}"));
    }
}

#[test]
fn unknown_keys_get_the_nearest_known_ones() {
    let table = [
        ("[speech]\nmodle = 'base'", 2, "speech.modle", "did you mean `speech.model`? "),
        ("[speech]\nmodel = 'base'\nThreads = 3", 3, "speech.Threads", "did you mean `speech.threads`? "),
        ("[speach]\nmodel = 'base'", 1, "speach", "did you mean `speech`? "),
        ("model = 'base'", 1, "model", "did you mean `speech.model` or `text.model`? "),
        ("[dictation]\nidle_s = 3", 2, "dictation.idle_s", "did you mean `engines.idle_s`? "),
        ("[[replacements]]\nform = 'a'", 2, "replacements[0].form", "did you mean `replacements.from`? "),
        ("[[apps]]\ntitel = 'a'", 2, "apps[0].titel", "did you mean `apps.title`? "),
        ("[limits]\nconections = 3", 2, "limits.conections", "did you mean `limits.connections`? "),
        ("[speech]\nh = 3", 2, "speech.h", ""),
        ("[zzz]", 1, "zzz", ""),
    ];
    for (text, line, key, nearest) in table {
        let error = refused(text.as_bytes());
        let hint = format!("{nearest}`man hob` lists all keys");
        assert_eq!((error.line, error.problem, error.hint), (line, format!("unknown key `{key}`"), hint), "{text:?}");
    }
}

#[test]
fn broken_toml_is_placed_and_explained() {
    let table = [
        ("[speech\nmodel = 'a'", 1),
        ("[speech]\nmodel = base", 2),
        ("[speech]\nmodel = 'a'\nmodel = 'b'", 3),
        ("[speech]\nmodel =\n", 2),
        ("[speech]\nmodel = \"a\n", 2),
        ("just words", 1),
        ("a = 1\u{0}", 1),
    ];
    for (text, line) in table {
        let error = refused(text.as_bytes());
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(!error.problem.is_empty() && !error.problem.contains('\n'), "{error:?}");
        assert!(error.hint.ends_with("`man hob` lists all keys"), "{error:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_placed() {
    for (bytes, line) in [(&b"\xff"[..], 1), (b"# a\n# b\n# \xc3(\n", 3), (b"\xff\xfe[\0s\0", 1)] {
        let error = refused(bytes);
        assert_eq!((error.line, error.problem.as_str()), (line, "not UTF-8 text"));
    }
}

#[test]
fn files_that_cannot_be_read_are_errors_and_not_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "").unwrap();
    fs::write(at("large"), vec![b'\n'; 1024 * 1024 + 1]).unwrap();
    std::os::unix::fs::symlink("loop", at("loop")).unwrap();
    let table = [
        (folder.path().to_owned(), "is a directory"),
        (at("file/config.toml"), "not a directory"),
        (at("loop"), "filesystem loop"),
        (at("large"), "file too large"),
    ];
    for (path, why) in table {
        let error = load(&path).unwrap_err();
        assert!(error.problem.starts_with(&format!("cannot be read: {why}")), "{error:?}");
        assert_eq!(error.line, 0);
        let wire = hob_protocol::Error::from(error.clone());
        assert_eq!(wire.to_string(), error.to_string(), "both sides say the same");
        assert_eq!(wire.hint(), Some(error.hint));
    }
}

#[test]
fn the_variable_names_the_file() {
    assert_eq!(path(|_| Some("/x/y.toml".into())), Ok(PathBuf::from("/x/y.toml")));
    let usual = path(|name| (name == "HOB_CONFIG").then(Default::default)).unwrap();
    assert!(usual.ends_with("hob/config.toml"), "{}", usual.display());
}

#[test]
fn own_actions_can_be_named_like_any_other() {
    let config = read(
        "[keys.actions]\nstandup = 'F8'\n[[apps]]\naction = 'standup'\n\
         [actions.standup]\nprompt = \"\"\"\nWrite a note in {language}.\nBe brief.\"\"\"\nkeep = ['numbers', 'code']\npercent = 80\n\
         model = 'big'\n[[actions.standup.examples]]\ntext = 'a'\nanswer = 'b'\n[actions.shout]\nprompt = 'Shout.'\noutput = 'line'\nhelp = 'Loud'\n",
    );
    let list = config.registry().list();
    let own: Vec<_> =
        list[list.len() - 2..].iter().map(|action| (action.name.as_str(), action.help.as_str())).collect();
    assert_eq!(own, [("shout", "Loud"), ("standup", "Write a note in {language}.")]);
    assert_eq!(list.last().unwrap().options, ["language"]);
    assert_eq!(changes(&Config::default(), &config), ["actions.shout", "actions.standup", "apps", "keys.actions"]);
}

#[test]
fn a_schema_is_a_table_or_a_text_and_means_that_the_result_is_json() {
    let text = "schema = '{\"type\": \"object\", \"required\": [\"a\"]}'";
    let table = "[actions.x.schema]\ntype = 'object'\nrequired = ['a']";
    let of = |schema: &str| read(&format!("[actions.x]\nprompt = 'Do.'\n{schema}\n")).actions["x"].clone();
    assert_eq!(of(text), of(table));
    let both = of("output = 'json'");
    assert_eq!((both.schema, of(text).schema.unwrap()["required"][0].as_str()), (None, Some("a")));
    let ordered = of("[actions.x.schema.properties]\nreasons = {}\nanswer = {}").schema.unwrap().to_string();
    assert_eq!(ordered, r#"{"properties":{"reasons":{},"answer":{}}}"#);
}
