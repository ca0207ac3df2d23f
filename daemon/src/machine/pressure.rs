//! Memory pressure, by a trigger of the kernel: it wakes us when programs have waited for memory, and never otherwise.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};

use super::Teller;
use crate::core::MachineNews;

/// Another file than the kernel's: the one of a cgroup, or a FIFO, each line of which is pressure.
const PATH_VARIABLE: &str = "HOB_MEMORY_PRESSURE";
const KERNEL: &str = "/proc/pressure/memory";
/// Some program waits for memory for a tenth of a second within two: the shortest window that needs no privilege, in microseconds.
const TRIGGER: &[u8] = b"some 100000 2000000\0";
/// The tenth of a second.
const SHORT: u64 = 100_000;

/// For as long as the daemon runs, or the kernel tells.
pub(super) async fn watch(teller: Teller) {
    let path = std::env::var_os(PATH_VARIABLE).map_or_else(|| PathBuf::from(KERNEL), PathBuf::from);
    let mut pressure = match begin(&path) {
        Ok(pressure) => pressure,
        Err(error) => return teller.is_missing(&format!("{} cannot be used: {error}", path.display())).await,
    };
    teller.works(&path.display().to_string(), "it tells when programs wait for memory").await;
    while let Some(()) = pressure.recv().await {
        tracing::info!("memory is short");
        teller.tell(MachineNews::MemoryIsShort).await;
    }
    teller.is_missing(&format!("{} tells nothing any more", path.display())).await;
}

enum Source {
    /// With the microseconds that programs had waited in all before there was the trigger. A kernel may count them in its first windows
    /// (6.18 does), and then says that memory is short when it is not.
    Trigger {
        file: File,
        before: u64,
    },
    Fifo(File),
}

/// What is told there. The thread that waits for it sleeps in the kernel, and ends with the daemon.
fn begin(path: &Path) -> io::Result<Receiver<()>> {
    // Also for writing: a FIFO that nobody has open for writing ends, and a trigger is written.
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let source = if file.metadata()?.file_type().is_fifo() {
        Source::Fifo(file)
    } else {
        let before = waited(&file)?;
        file.write_all(TRIGGER)?;
        Source::Trigger { file, before }
    };
    // One that finds no room says what is about to be told already.
    let (tell, told) = channel(1);
    std::thread::Builder::new().name("memory".to_owned()).spawn(move || follow(source, &tell))?;
    Ok(told)
}

fn follow(mut source: Source, tell: &Sender<()>) {
    while source.wait().is_ok() {
        if let Err(TrySendError::Closed(())) = tell.try_send(()) {
            return;
        }
    }
}

impl Source {
    /// Until there is pressure.
    fn wait(&mut self) -> io::Result<()> {
        match self {
            Self::Trigger { file, before } => loop {
                let mut watched = [PollFd::new(file, PollFlags::PRI)];
                rustix::io::retry_on_intr(|| poll(&mut watched, None))?;
                // The kernel says so where it has taken the trigger back.
                if watched[0].revents().contains(PollFlags::ERR) {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                if waited(file)?.saturating_sub(*before) >= SHORT {
                    return Ok(());
                }
            },
            Self::Fifo(file) => match file.read(&mut [0; 64])? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            },
        }
    }
}

/// Since the machine, or the cgroup, began: `some avg10=0.00 avg60=0.00 avg300=0.00 total=1421858`, in microseconds.
fn waited(file: &File) -> io::Result<u64> {
    let mut text = [0; 256];
    let count = file.read_at(&mut text, 0)?;
    let text = String::from_utf8_lossy(&text[..count]);
    let total = text.lines().next().and_then(|line| line.rsplit_once("total=")?.1.trim().parse().ok());
    total.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is no file of memory pressure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_have_waited_is_read() {
        let read = |text: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            waited(&file).map_err(|error| error.kind())
        };
        let usual =
            "some avg10=0.00 avg60=0.12 avg300=0.05 total=1421858\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n";
        assert_eq!(read(usual), Ok(1_421_858));
        assert_eq!(read("something else\n"), Err(io::ErrorKind::InvalidData));
    }
}
