//! Asks programs themselves what has arrived, over the bus by which they tell screen readers (AT-SPI). They are asked to tell of inserted
//! text while somebody dictates, and at no other time; nothing is looked for in their windows unless nothing was told.
//!
//! What they tell, which may be typed by the person, is compared with the text that hob has sent, and forgotten.

mod bus;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::witness::{Testimony, Witness, as_it_stands};
use crate::core::Window;
use bus::{Bus, Told};

/// For getting ready while the person speaks.
const READY: Duration = Duration::from_secs(1);
/// Programs tell within a few milliseconds; under load it takes longer. Only the answer waits, not the text.
const PATIENCE: Duration = Duration::from_secs(4);
/// For one that has never told of anything, though it is on the bus.
const LITTLE_PATIENCE: Duration = Duration::from_millis(100);
/// One that tells of nothing for so long is asked whether there is a field at all: browsers may show none of what is in their pages.
const SILENCE: Duration = Duration::from_millis(100);
/// For looking into a window.
const LOOK: Duration = Duration::from_secs(2);

/// On the thread that inserts.
#[derive(Default)]
pub struct Accessibility {
    /// Made when it is needed.
    runtime: Option<Runtime>,
    bus: Option<Bus>,
    /// The program that the text goes to, if it is on the bus, and its name there.
    program: Option<(u32, String)>,
    /// Programs that were waited for in vain.
    silent: HashSet<String>,
}

impl Accessibility {
    /// Does the work with the bus, for as long as that.
    fn within<T>(&mut self, limit: Duration, work: impl AsyncFnOnce(&mut Bus) -> zbus::Result<T>) -> Option<T> {
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => Builder::new_current_thread().enable_all().build().ok()?,
        };
        let bus = &mut self.bus;
        let done = runtime.block_on(async {
            let work = async {
                let bus = match bus {
                    Some(bus) => bus,
                    None => bus.insert(Bus::connect().await?),
                };
                work(bus).await
            };
            timeout(limit, work).await
        });
        self.runtime = Some(runtime);
        match done {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => tracing::debug!("the accessibility bus does not tell: {error}"),
            Err(_) => tracing::debug!("the accessibility bus does not tell in time"),
        }
        None
    }

    fn let_go(&mut self) {
        if self.bus.is_some() {
            self.within(LOOK, async |bus| bus.stop_listening().await);
        }
        // The runtime goes with it: nothing of this is left while nobody dictates.
        (self.bus, self.runtime, self.program) = (None, None, None);
    }

    /// All that the program tells, and the testimony if it is the text.
    fn hear(&mut self, program: &str, text: &str) -> (String, Option<Testimony>) {
        let limit = if self.silent.contains(program) { LITTLE_PATIENCE } else { PATIENCE };
        let deadline = Instant::now() + limit;
        let mut told = String::new();
        let mut last: Option<Told> = None;
        let mut is_looked_at = false;
        while told != text && told.len() <= text.len() {
            let mut left = deadline.saturating_duration_since(Instant::now());
            if as_it_stands(text, &told).is_some() {
                // All but line ends, of which the last may still come.
                left = left.min(LITTLE_PATIENCE);
            } else if told.is_empty() && !is_looked_at {
                left = left.min(SILENCE);
            }
            match self.within(left, async |bus| bus.next(program).await) {
                Some(one) => {
                    told.push_str(&one.text);
                    last = Some(one);
                }
                None if told.is_empty() && !is_looked_at && Instant::now() < deadline => {
                    is_looked_at = true;
                    if self.shows_no_field(program) {
                        break;
                    }
                }
                None => break,
            }
        }
        let stands = as_it_stands(text, &told).zip(last);
        let arrived = stands.and_then(|(stands, last)| {
            let there = self.within(LOOK, async |bus| bus.text_before(&last, stands.chars().count()).await);
            (there.as_deref() == Some(stands.as_str())).then_some(Testimony::Arrived(stands))
        });
        (told, arrived)
    }

    /// `false` also if it does not answer.
    fn shows_no_field(&mut self, program: &str) -> bool {
        let field = self.within(LOOK, async |bus| bus.field(program, 0).await);
        let shows_none = matches!(field, Some(None));
        if shows_none {
            tracing::debug!("the program shows no field that has the keyboard");
        }
        shows_none
    }
}

impl Drop for Accessibility {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Witness for Accessibility {
    fn get_ready(&mut self, window: Option<&Window>) {
        let Some(pid) = window.and_then(|window| window.pid) else { return self.let_go() };
        if self.program.as_ref().is_some_and(|(known, _)| *known == pid) {
            // Whatever was told before now is not ours.
            self.within(READY, async |bus| {
                bus.forget_what_has_come().await;
                Ok(())
            });
            return;
        }
        let program = self.within(READY, async |bus| {
            let program = bus.name_of(pid).await?;
            if program.is_some() {
                bus.listen().await?;
            }
            Ok(program)
        });
        match program.flatten() {
            Some(name) => self.program = Some((pid, name)),
            None => self.let_go(),
        }
    }

    fn begin(&mut self, window: Option<&Window>) {
        let pid = window.and_then(|window| window.pid);
        self.program = self.program.take().filter(|(known, _)| Some(*known) == pid);
    }

    fn end(&mut self, text: &str) -> Testimony {
        let Some((_, program)) = self.program.take().filter(|_| !text.is_empty()) else {
            self.let_go();
            return Testimony::Unknown;
        };
        let (told, arrived) = self.hear(&program, text);
        let testimony = match arrived {
            Some(arrived) => arrived,
            None if told.is_empty() => {
                let field = self.within(LOOK, async |bus| bus.field(&program, text.chars().count()).await).flatten();
                match field {
                    Some(field) if field.before_cursor.ends_with(text) => Testimony::Arrived(text.to_owned()),
                    Some(field) if field.can_be_edited => Testimony::Nothing,
                    Some(_) | None => {
                        self.silent.insert(program.clone());
                        Testimony::Unknown
                    }
                }
            }
            // It has become something else there, such as a letter that the program corrects.
            None => Testimony::Unknown,
        };
        if !told.is_empty() {
            self.silent.remove(&program);
        }
        self.let_go();
        testimony
    }

    fn before_cursor(&mut self, window: Option<&Window>, characters: usize) -> Option<String> {
        let pid = window?.pid?;
        let field = self.within(READY, async |bus| match bus.name_of(pid).await? {
            Some(program) => bus.field(&program, characters).await,
            None => Ok(None),
        });
        let field = field.flatten();
        self.let_go();
        Some(field?.before_cursor)
    }
}
