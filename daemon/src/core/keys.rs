//! What the keys mean: held, the dictation key is push-to-talk; tapped, it begins a dictation that the next press ends. Pure: which
//! key moved when, and what the dictation does, come in; what to do comes out.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::desk::{Binding, Motion};
use super::event::DictationId;

#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Those that are down. A press of one of them is a repeat.
    held: BTreeSet<Binding>,
    course: Course,
}

/// What the dictation key has begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Course {
    #[default]
    Rest,
    /// It is down, and its dictation runs.
    Held { dictation: DictationId, since: Instant },
    /// It was tapped, and its dictation runs.
    Latched { dictation: DictationId },
    /// It is down, and its dictation begins once the last one has ended.
    Waiting { since: Instant },
}

/// What the dictation does when a key moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Running {
    Nothing,
    Recording(DictationId),
    /// The words of the last one are still on their way.
    Finishing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// [`Keys::began`] says that it was possible. `since`: when the key went down.
    Start {
        since: Instant,
    },
    Stop,
    /// The dictation goes on without its key, and so may end by itself.
    LetGo,
    Cancel,
    Undo,
    ShowMenu,
    RunAction(String),
}

impl Keys {
    /// `hold`: released before it, the dictation key was tapped.
    pub(super) fn moved(
        &mut self,
        now: Instant,
        (binding, motion): (Binding, Motion),
        running: Running,
        hold: Duration,
    ) -> Option<Deed> {
        match motion {
            Motion::Pressed if !self.held.insert(binding.clone()) => None,
            Motion::Pressed => match binding {
                Binding::Dictate => self.pressed(now, running),
                Binding::Cancel => Some(Deed::Cancel),
                Binding::Undo => Some(Deed::Undo),
                Binding::Menu => Some(Deed::ShowMenu),
                Binding::Action(action) => Some(Deed::RunAction(action)),
            },
            Motion::Released => {
                let was_held = self.held.remove(&binding);
                if was_held && binding == Binding::Dictate { self.released(now, running, hold) } else { None }
            }
        }
    }

    /// The key's dictation has begun.
    pub(super) fn began(&mut self, dictation: DictationId, since: Instant) {
        self.course = if self.held.contains(&Binding::Dictate) {
            Course::Held { dictation, since }
        } else {
            Course::Latched { dictation }
        };
    }

    /// No dictation runs any more. A key that went down too early begins the next one now.
    pub(super) fn rested(&mut self) -> Option<Deed> {
        match self.course {
            Course::Waiting { since } => {
                self.course = Course::Rest;
                Some(Deed::Start { since })
            }
            Course::Rest | Course::Held { .. } | Course::Latched { .. } => None,
        }
    }

    /// Nobody tells of keys any more: none counts as held. What was said so far is a dictation.
    pub(super) fn lost(&mut self, running: Running) -> Option<Deed> {
        self.held.clear();
        match self.course {
            Course::Held { dictation, .. } => {
                self.course = Course::Rest;
                (running == Running::Recording(dictation)).then_some(Deed::Stop)
            }
            Course::Waiting { .. } => {
                self.course = Course::Rest;
                None
            }
            Course::Rest | Course::Latched { .. } => None,
        }
    }

    /// Whether a key is down, so that what is typed now would come with its modifiers.
    pub(super) fn is_any_held(&self) -> bool {
        !self.held.is_empty()
    }

    fn pressed(&mut self, now: Instant, running: Running) -> Option<Deed> {
        self.course = Course::Rest;
        match running {
            Running::Nothing => Some(Deed::Start { since: now }),
            // Whoever began it: pressing the key again is how one ends a dictation.
            Running::Recording(_) => Some(Deed::Stop),
            Running::Finishing => {
                self.course = Course::Waiting { since: now };
                None
            }
        }
    }

    fn released(&mut self, now: Instant, running: Running, hold: Duration) -> Option<Deed> {
        let course = std::mem::take(&mut self.course);
        match course {
            Course::Held { dictation, .. } if running != Running::Recording(dictation) => None,
            Course::Held { dictation, since } if now.saturating_duration_since(since) < hold => {
                self.course = Course::Latched { dictation };
                Some(Deed::LetGo)
            }
            Course::Held { .. } => Some(Deed::Stop),
            Course::Latched { .. } => {
                self.course = course;
                None
            }
            Course::Rest | Course::Waiting { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: Duration = Duration::from_millis(400);
    const FIRST: Running = Running::Recording(DictationId(1));
    const SECOND: Running = Running::Recording(DictationId(2));

    /// One line of a table: milliseconds, what moves, what runs, and what is to be done.
    type Line = (u64, What, Running, Option<Want>);

    #[derive(Debug, Clone, Copy)]
    enum What {
        Down,
        Up,
        Lost,
        Rested,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Want {
        /// The dictation of this number begins.
        Start(u64),
        Stop,
        LetGo,
    }

    fn play(lines: &[Line]) {
        let begin = Instant::now();
        let mut keys = Keys::default();
        for (line, &(at, what, running, want)) in lines.iter().enumerate() {
            let now = begin + Duration::from_millis(at);
            let deed = match what {
                What::Down => keys.moved(now, (Binding::Dictate, Motion::Pressed), running, HOLD),
                What::Up => keys.moved(now, (Binding::Dictate, Motion::Released), running, HOLD),
                What::Lost => keys.lost(running),
                What::Rested => keys.rested(),
            };
            let got = match (deed, want) {
                (Some(Deed::Start { since }), Some(Want::Start(id))) => {
                    keys.began(DictationId(id), since);
                    Some(Want::Start(id))
                }
                (Some(Deed::Stop), _) => Some(Want::Stop),
                (Some(Deed::LetGo), _) => Some(Want::LetGo),
                (None, _) => None,
                (deed, want) => panic!("line {line} of {lines:?}: {deed:?}, not {want:?}"),
            };
            assert_eq!(got, want, "line {line} of {lines:?}");
        }
    }

    #[test]
    fn what_the_dictation_key_means() {
        use Running::{Finishing, Nothing};
        use Want::{LetGo, Start, Stop};
        use What::{Down, Lost, Rested, Up};
        let tables: &[&[Line]] = &[
            // Held: push-to-talk.
            &[(0, Down, Nothing, Some(Start(1))), (2000, Up, FIRST, Some(Stop))],
            // Repeats while it is held are none.
            &[
                (0, Down, Nothing, Some(Start(1))),
                (500, Down, FIRST, None),
                (530, Down, FIRST, None),
                (2000, Up, FIRST, Some(Stop)),
            ],
            // Tapped: until the next press, whose release means nothing.
            &[
                (0, Down, Nothing, Some(Start(1))),
                (399, Up, FIRST, Some(LetGo)),
                (5000, Down, FIRST, Some(Stop)),
                (5100, Up, Finishing, None),
            ],
            &[(0, Down, Nothing, Some(Start(1))), (400, Up, FIRST, Some(Stop))],
            // A second press while the words are on their way begins the next one as soon as it can, if the key is still down.
            &[
                (0, Down, Nothing, Some(Start(1))),
                (900, Up, FIRST, Some(Stop)),
                (1000, Down, Finishing, None),
                (1200, Rested, Nothing, Some(Start(2))),
                (1300, Up, SECOND, Some(LetGo)),
            ],
            &[
                (0, Down, Nothing, Some(Start(1))),
                (900, Up, FIRST, Some(Stop)),
                (1000, Down, Finishing, None),
                (1200, Rested, Nothing, Some(Start(2))),
                (1400, Up, SECOND, Some(Stop)),
            ],
            &[
                (0, Down, Nothing, Some(Start(1))),
                (900, Up, FIRST, Some(Stop)),
                (1000, Down, Finishing, None),
                (1100, Up, Finishing, None),
                (1200, Rested, Nothing, None),
            ],
            // It has ended by itself, or failed, while the key was down.
            &[(0, Down, Nothing, Some(Start(1))), (900, Up, Nothing, None), (950, Down, Nothing, Some(Start(2)))],
            &[(0, Down, Nothing, Some(Start(1))), (900, Up, SECOND, None)],
            // A tapped one has ended by itself: the next press begins another.
            &[
                (0, Down, Nothing, Some(Start(1))),
                (100, Up, FIRST, Some(LetGo)),
                (9000, Down, Nothing, Some(Start(2))),
                (9900, Up, SECOND, Some(Stop)),
            ],
            // One that somebody else began ends with the press.
            &[(0, Down, FIRST, Some(Stop)), (100, Up, Finishing, None)],
            // The source of keys is gone: however short it was held, the words are kept.
            &[(0, Down, Nothing, Some(Start(1))), (100, Lost, FIRST, Some(Stop)), (200, Up, Finishing, None)],
            &[(0, Down, Nothing, Some(Start(1))), (100, Up, FIRST, Some(LetGo)), (200, Lost, FIRST, None)],
            &[(0, Down, Finishing, None), (100, Lost, Finishing, None), (200, Rested, Nothing, None)],
            // A release without its press.
            &[(0, Up, FIRST, None)],
        ];
        for table in tables {
            play(table);
        }
    }

    #[test]
    fn a_key_without_hold_is_always_held() {
        let mut keys = Keys::default();
        let now = Instant::now();
        keys.moved(now, (Binding::Dictate, Motion::Pressed), Running::Nothing, Duration::ZERO);
        keys.began(DictationId(1), now);
        let deed = keys.moved(now, (Binding::Dictate, Motion::Released), FIRST, Duration::ZERO);
        assert_eq!(deed, Some(Deed::Stop));
    }

    #[test]
    fn other_keys_do_their_deed_once_for_each_press() {
        let mut keys = Keys::default();
        let now = Instant::now();
        let table = [
            (Binding::Cancel, Deed::Cancel),
            (Binding::Undo, Deed::Undo),
            (Binding::Menu, Deed::ShowMenu),
            (Binding::Action("fix".into()), Deed::RunAction("fix".into())),
        ];
        for (binding, deed) in table {
            let mut moved = |motion| keys.moved(now, (binding.clone(), motion), Running::Finishing, HOLD);
            assert_eq!(moved(Motion::Pressed), Some(deed));
            assert_eq!(moved(Motion::Pressed), None, "a repeat");
            assert_eq!(moved(Motion::Released), None);
            assert!(moved(Motion::Pressed).is_some());
            moved(Motion::Released);
        }
        assert!(!keys.is_any_held());
    }
}
