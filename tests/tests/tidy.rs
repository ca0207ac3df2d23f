//! Rules about the tree itself that no lint knows: how files begin, how long they are, who may name whom, what the documents and
//! the units have to mention.

#![expect(clippy::unwrap_used, reason = "the whole crate is tests, and what they share is not marked as one")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hob_tests::{program, run};

/// Lines of a file that are worth a look, and that are too many.
const SOFT: usize = 300;
const HARD: usize = 500;

/// What the core must not name: it has no clock, file, process, thread, channel or runtime.
const IMPURE: [&str; 10] = [
    "tokio",
    "std::fs",
    "std::process",
    "std::net",
    "std::os",
    "std::thread",
    "mpsc",
    "SystemTime",
    "Instant::now",
    "println!",
];

/// Folders and files of the daemon that connect the core to the world; none of them may know another.
const ADAPTERS: [&str; 14] = [
    "audio",
    "chime",
    "config",
    "desktop",
    "engine",
    "hotkey",
    "indicator",
    "insert",
    "ipc",
    "journal",
    "machine",
    "models",
    "notify",
    "tray",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the checkout").to_owned()
}

struct Source {
    /// Below the checkout.
    path: String,
    text: String,
}

impl Source {
    /// Written for tests as a whole.
    fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The lines that are code, without those of a test module at the end, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text.lines().enumerate().take_while(|(_, line)| !line.ends_with("mod tests {"));
        code.filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(index, line)| (index + 1, line))
    }
}

/// Every Rust file, in order.
fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    for folder in ["protocol", "daemon", "client", "tests"] {
        collect(&root().join(folder), "rs", &mut files);
    }
    files.sort();
    assert!(files.len() > 100, "the tree is here");
    let below = |file: &PathBuf| file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    files.iter().map(|file| Source { path: below(file), text: fs::read_to_string(file).unwrap() }).collect()
}

fn collect(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
}

/// Fails with a list of everything that breaks the rule.
#[track_caller]
fn nothing(rule: &str, found: impl IntoIterator<Item = String>) {
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

/// Lines of code that hold one of these words.
fn naming<'a>(source: &'a Source, words: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let named = |line: &str| words.iter().find(|word| line.contains(**word)).copied();
    source.code().filter_map(move |(number, line)| Some(format!("{}:{number}: {}", source.path, named(line)?)))
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = sources().into_iter().filter(|source| !source.text.starts_with("//! "));
    nothing("a file begins with `//!`", silent.map(|source| source.path));
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<_> = sources().into_iter().map(|source| (source.text.lines().count(), source.path)).collect();
    lengths.sort_by(|a, b| b.cmp(a));
    let say = |(lines, path): (usize, String)| format!("{lines} {path}");
    let (hard, soft): (Vec<_>, Vec<_>) =
        lengths.into_iter().filter(|(lines, _)| *lines > SOFT).partition(|(lines, _)| *lines > HARD);
    soft.into_iter().map(say).for_each(|file| println!("more than {SOFT} lines: {file}"));
    nothing(&format!("no file has more than {HARD} lines"), hard.into_iter().map(say));
}

#[test]
fn the_core_is_pure() {
    let sources = sources();
    let core = || sources.iter().filter(|source| source.path.starts_with("daemon/src/core/") && !source.is_test());
    assert!(core().count() > 5, "the core is here");
    nothing("the core names nothing of the outside", core().flat_map(|source| naming(source, &IMPURE)));
    let adapters = ADAPTERS.map(|adapter| format!("crate::{adapter}"));
    let adapters = adapters.each_ref().map(String::as_str);
    nothing("the core knows no adapter", core().flat_map(|source| naming(source, &adapters)));
}

#[test]
fn adapters_do_not_know_each_other() {
    let sources = sources();
    for adapter in ADAPTERS {
        let (folder, file) = (format!("daemon/src/{adapter}/"), format!("daemon/src/{adapter}.rs"));
        let own: Vec<_> =
            sources.iter().filter(|source| source.path.starts_with(&folder) || source.path == file).collect();
        assert!(!own.is_empty(), "{adapter} is here");
        let others = ADAPTERS.iter().filter(|other| **other != adapter).map(|other| format!("crate::{other}"));
        let others: Vec<String> = others.collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let found: Vec<_> = own.into_iter().flat_map(|source| naming(source, &others)).collect();
        nothing("adapters do not know each other", found);
    }
}

#[test]
fn no_lint_is_silenced_for_good() {
    let words = [concat!("#[al", "low("), concat!("#![al", "low(")];
    let sources = sources();
    nothing("a lint is expected, with a reason", sources.iter().flat_map(|source| naming(source, &words)));
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let sources = sources();
    let real = sources.iter().filter(|source| !source.is_test() && !source.path.contains("/fuzz/"));
    nothing("`expect` states the invariant", real.flat_map(|source| naming(source, &[".unwrap()"])));
}

#[test]
fn every_module_is_in_the_picture_of_the_architecture() {
    let picture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    // Names stand between backticks, alone or in a path.
    let spans = picture.split('`').skip(1).step_by(2);
    let names: BTreeSet<&str> =
        spans.flat_map(|span| span.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')).collect();
    let mut modules = BTreeSet::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        // The first part of the path below a crate's `src`; deeper modules are their folder's business.
        let Some((package, below)) = source.path.split_once("/src/") else { continue };
        let module = below.split('/').next().unwrap().trim_end_matches(".rs");
        if !matches!(module, "lib" | "main") && !package.starts_with("tests") {
            modules.insert((package.to_owned(), module.to_owned()));
        }
    }
    assert!(modules.len() > 60, "{modules:?}");
    // The protocol's modules are named after the interfaces they describe.
    let missing = modules.iter().filter(|(package, module)| package != "protocol" && !names.contains(module.as_str()));
    nothing("ARCHITECTURE.md names every module", missing.map(|(package, module)| format!("{package}/src/{module}")));
}

#[test]
fn every_crate_is_a_member_of_the_workspace() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut manifests = Vec::new();
    for folder in ["protocol", "daemon", "client", "tests"] {
        collect(&root().join(folder), "toml", &mut manifests);
    }
    manifests.retain(|path| path.ends_with("Cargo.toml"));
    assert!(manifests.len() > 7, "{manifests:?}");
    let folders = manifests.iter().map(|path| path.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap());
    let strangers = folders.filter(|folder| !workspace.contains(&format!("\"{folder}\"")));
    nothing("Cargo.toml lists every crate", strangers.map(str::to_owned));
}

/// The values of a key in a unit or activation file.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.lines()
        .filter_map(|line| line.split_once('=').filter(|(found, _)| *found == key).map(|(_, value)| value))
        .collect()
}

#[test]
fn the_units_agree_with_each_other_and_with_the_code() {
    let read = |name: &str| fs::read_to_string(root().join("systemd").join(name)).unwrap();
    let (service, socket, bus) = (read("hobd.service"), read("hobd.socket"), read("dev.hob.Hob.service"));
    let expected = [
        (&service, "Type", "notify"),
        (&service, "ExecStart", "/usr/bin/hobd"),
        (&service, "ExecReload", "/usr/bin/hob call dev.hob.Daemon.Reload"),
        (&service, "RestrictAddressFamilies", "AF_UNIX AF_NETLINK"),
        (&service, "Requires", "hobd.socket"),
        (&socket, "ListenStream", "%t/hob/hob.sock"),
        (&socket, "SocketMode", "0600"),
        (&socket, "DirectoryMode", "0700"),
        (&bus, "Name", "dev.hob.Hob"),
        (&bus, "Exec", "/usr/bin/hobd"),
        (&bus, "SystemdService", "hobd.service"),
    ];
    for (file, key, value) in expected {
        assert_eq!(values(file, key), [value], "{key}");
    }
    for file in [&service, &socket, &bus] {
        let is_sane = |line: &&str| {
            let key = line.split_once('=').is_some_and(|(key, value)| {
                !value.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric())
            });
            line.is_empty() || line.starts_with(['#', '[']) || key
        };
        nothing(
            "a line is a section, a key or a comment",
            file.lines().filter(|line| !is_sane(line)).map(str::to_owned),
        );
    }
}

/// Systemd's own opinion.
#[test]
fn systemd_understands_the_units() {
    // The programs have to be where the units say, so the units are made to say where these are.
    let folder = tempfile::tempdir().unwrap();
    for name in ["hobd.service", "hobd.socket"] {
        let unit = fs::read_to_string(root().join("systemd").join(name)).unwrap();
        let unit = unit.replace("/usr/bin", program("hobd").parent().unwrap().to_str().unwrap());
        fs::write(folder.path().join(name), unit).unwrap();
    }
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["--user", "verify", "--man=no", "hobd.service", "hobd.socket"]);
    analyze.current_dir(folder.path()).env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path());
    // An unknown key is a mere remark to systemd, and exit code 0.
    assert_eq!(run(&mut analyze, b"").printed(), "");
}
