//! Files of states in a folder of the test's own.

use std::os::unix::fs::PermissionsExt;

use llama_cpp_2::token::LlamaToken;
use tempfile::TempDir;

use super::*;

/// Room for two or three states of the tests.
const MOST_BYTES: u64 = 2000;

fn origin() -> Origin<'static> {
    Origin { model: Path::new("/proc/self/exe"), threads: 2, context_tokens: 512 }
}

fn wanted(folder: &Path, sha256: &str) -> Wanted {
    Wanted { folder: folder.to_owned(), sha256: sha256.into(), most_bytes: MOST_BYTES }
}

fn computed(first: i32) -> Computed {
    Computed { tokens: (first..first + 4).map(LlamaToken).collect(), ends: vec![2, 4], adapter: None }
}

fn kept(folder: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path().join("states")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn write(states: &mut States, computed: &Computed, state: &[u8]) {
    states.keep(computed.clone(), state.to_owned());
    states.write(|| true);
}

/// Somebody comes after so many looks.
fn looks(count: usize) -> impl FnMut() -> bool {
    let mut left = count;
    move || {
        left = left.saturating_sub(1);
        left > 0
    }
}

fn states(folder: &TempDir) -> States {
    open(folder, "a", &origin())
}

fn open(folder: &TempDir, sha256: &str, origin: &Origin) -> States {
    States::open(&wanted(&folder.path().join("states"), sha256), origin).unwrap()
}

#[test]
fn a_state_comes_back_in_another_process_and_only_for_the_same_beginning() {
    let folder = tempfile::tempdir().unwrap();
    write(&mut states(&folder), &computed(1), b"state");
    let file = &kept(&folder)[0];
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    let again = states(&folder);
    assert_eq!(again.read(&computed(1)), Some(b"state".to_vec()));
    assert_eq!(again.read(&computed(2)), None);
    assert_eq!(again.read(&Computed { ends: vec![1, 4], ..computed(1) }), None);
    assert_eq!(again.read(&Computed { adapter: Some("a".into()), ..computed(1) }), None);
    let own_model = folder.path().join("model");
    fs::write(&own_model, "a").unwrap();
    for other in [
        open(&folder, "b", &origin()),
        open(&folder, "a", &Origin { threads: 3, ..origin() }),
        open(&folder, "a", &Origin { context_tokens: 513, ..origin() }),
        open(&folder, "a", &Origin { model: &own_model, ..origin() }),
    ] {
        assert_eq!(other.read(&computed(1)), None);
    }
    let mut before = open(&folder, "a", &Origin { model: &own_model, ..origin() });
    write(&mut before, &computed(1), b"other");
    fs::write(&own_model, "ab").unwrap();
    let after = open(&folder, "a", &Origin { model: &own_model, ..origin() });
    assert_eq!(after.read(&computed(1)), None, "the file of the model is another one");
    assert_eq!(again.read(&computed(1)), Some(b"state".to_vec()), "nothing of that has removed it");
}

#[test]
fn whatever_is_wrong_with_a_file_it_is_nothing_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let mut states = states(&folder);
    let mut spoil = |change: &dyn Fn(&mut Vec<u8>)| {
        write(&mut states, &computed(1), b"state");
        let file = kept(&folder).remove(0);
        let mut bytes = fs::read(&file).unwrap();
        change(&mut bytes);
        fs::write(&file, bytes).unwrap();
        assert_eq!(states.read(&computed(1)), None);
        assert!(!file.exists());
    };
    let whole = {
        let mut states = open(&folder, "a", &origin());
        write(&mut states, &computed(1), b"state");
        fs::metadata(&kept(&folder)[0]).unwrap().len() as usize
    };
    for place in 0..whole {
        spoil(&|bytes| bytes[place] ^= 1);
        spoil(&|bytes| bytes.truncate(place));
    }
    spoil(&|bytes| bytes.push(0));
    spoil(&|bytes| bytes.extend([0; 2000]));
    write(&mut states, &computed(1), b"state");
    let file = kept(&folder).remove(0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(states.read(&computed(1)), None, "others could have written it");
}

#[test]
fn a_folder_that_others_can_use_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("states");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(States::open(&wanted(&open, "a"), &origin()).is_none());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(States::open(&wanted(&file, "a"), &origin()).is_none());
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut states = states(&folder);
    for first in 1..9 {
        write(&mut states, &computed(first), &[7; 300]);
        if first < 3 {
            let file = File::options().write(true).open(states.path(&computed(first))).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        }
        if first == 2 {
            assert!(states.read(&computed(1)).is_some());
        }
        let bytes: u64 = kept(&folder).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(bytes <= MOST_BYTES, "{bytes}");
        let there = |first| states.path(&computed(first)).exists();
        assert!(there(first), "the newest");
        assert!(!there(2) || there(1), "the second was used last before the first was");
    }
    assert!(states.read(&computed(2)).is_none());
    write(&mut states, &computed(9), &[7; MOST_BYTES as usize]);
    assert_eq!(states.read(&computed(9)), None, "too large for the folder");
    assert!(states.read(&computed(8)).is_some(), "and nothing went for it");
}

#[test]
fn what_nobody_can_use_goes_and_another_build_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut states = states(&folder);
    write(&mut states, &computed(1), b"ours");
    let our_file = states.origin.clone();
    let lines: Vec<&str> = our_file.lines().collect();
    for (number, origin) in [
        (2, [lines[0], "what stood there before", lines[2], lines[3]]),
        (3, ["\"/another/build\"", lines[1], lines[2], lines[3]]),
    ] {
        states.origin = origin.join("\n");
        write(&mut states, &computed(number), b"theirs");
    }
    let theirs = states.path(&computed(3));
    for name in ["12.partial", "foreign.state"] {
        fs::write(folder.path().join("states").join(name), "half").unwrap();
    }
    let again = open(&folder, "a", &origin());
    let mut expected = [again.path(&computed(1)), theirs];
    let mut kept = kept(&folder);
    expected.sort();
    kept.sort();
    assert_eq!(kept, expected);
}

#[test]
fn nothing_is_written_while_somebody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = Wanted { most_bytes: 4 << 20, ..wanted(&folder.path().join("states"), "a") };
    let mut states = States::open(&wanted, &origin()).unwrap();
    let state = vec![7; 3 * STEP_BYTES];
    states.keep(computed(1), state.clone());
    states.keep(computed(2), b"behind it".to_vec());
    for count in 0..10 {
        assert!(!states.wants(&computed(1)), "it waits to be written");
        states.write(looks(count));
        assert_eq!(kept(&folder), [] as [PathBuf; 0], "somebody came at look {count}");
    }
    states.write(|| true);
    assert_eq!(states.read(&computed(1)), Some(state));
    assert_eq!(states.read(&computed(2)), Some(b"behind it".to_vec()));
    assert!(!states.wants(&computed(1)), "it is there");
    assert!(states.wants(&computed(3)));
    (10..).take(MOST_UNWRITTEN).for_each(|first| states.keep(computed(first), Vec::new()));
    assert!(!states.wants(&computed(3)), "too much waits");
}
