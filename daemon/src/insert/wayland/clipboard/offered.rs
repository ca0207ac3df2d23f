//! What the compositor says of the clipboard and of what is selected, and what of it is ours. Only takes in events.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use wayland_client::backend::ObjectId;

use super::reader::{self, Pasting, Reader};
use super::serve::serve;
use super::{Content, PASSING};
use crate::insert::wayland::data_control::{News, Offer, Source};

/// What the compositor says of it.
#[derive(Default)]
pub struct Offered {
    pub(super) introduced: Vec<(Offer, Vec<String>)>,
    pub(super) clipboard: Option<ObjectId>,
    pub(super) primary: Told<ObjectId>,
    pub(super) ours: Option<Ours>,
    pub(super) finished: bool,
    pub(super) clipboard_changes: u32,
    pub(super) primary_changes: u32,
}

/// What is selected; not every compositor tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Told<T> {
    #[default]
    Nothing,
    IsNone,
    Is(T),
}

/// What we have put there.
pub(super) struct Ours {
    pub source: Source,
    pub content: Arc<Content>,
    /// Who is told to paste it, if that is known.
    pub pasting: Option<Pasting>,
    /// How often it was asked for, but for those who are known to be others.
    pub fetches: u32,
    /// When for the last time.
    pub fetched_at: Option<Instant>,
    pub replaced: bool,
}

impl Offered {
    pub fn take_in(&mut self, news: News) {
        match news {
            News::Introduced(offer) => self.introduced.push((offer, Vec::new())),
            News::Format { offer, format } => {
                if let Some((_, formats)) = self.introduced.iter_mut().find(|(known, _)| known.id() == offer) {
                    formats.push(format);
                }
            }
            News::Clipboard(offer) => {
                self.clipboard = offer;
                self.clipboard_changes = self.clipboard_changes.wrapping_add(1);
                self.drop_stale();
            }
            News::Primary(offer) => {
                self.primary = offer.map_or(Told::IsNone, Told::Is);
                self.primary_changes = self.primary_changes.wrapping_add(1);
                self.drop_stale();
            }
            News::Wanted { source, format, by } => {
                let ours = self.ours.as_mut().filter(|ours| ours.source.id() == source);
                if let Some(ours) = ours {
                    // The mark for keepers is no text that somebody pastes.
                    let counts = format != PASSING.0 && !ours.pasting.is_some_and(|pasting| is_another(&by, pasting));
                    if counts {
                        ours.fetches += 1;
                        ours.fetched_at = Some(Instant::now());
                    }
                    serve(&ours.content, &format, by);
                }
            }
            News::Replaced { source } => {
                let ours = self.ours.as_mut().filter(|ours| ours.source.id() == source);
                if let Some(ours) = ours {
                    ours.replaced = true;
                }
            }
            News::Finished => self.finished = true,
        }
    }

    pub(super) fn offer(&self, id: &ObjectId) -> Option<&Offer> {
        self.introduced.iter().map(|(offer, _)| offer).find(|offer| offer.id() == *id)
    }

    /// Without what X programs ask each other beside it.
    pub(super) fn formats(&self, id: &ObjectId) -> Vec<String> {
        const BESIDE: [&str; 5] = ["TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE"];
        let known = self.introduced.iter().find(|(offer, _)| offer.id() == *id);
        let formats = known.map(|(_, formats)| formats.as_slice()).unwrap_or_default();
        formats.iter().filter(|format| !BESIDE.contains(&format.as_str())).cloned().collect()
    }

    fn drop_stale(&mut self) {
        let Self { introduced, clipboard, primary, .. } = self;
        introduced.retain(|(offer, _)| {
            let id = offer.id();
            let stays = clipboard.as_ref() == Some(&id) || *primary == Told::Is(id);
            if !stays {
                offer.destroy();
            }
            stays
        });
    }
}

fn is_another(pipe: &OwnedFd, pasting: Pasting) -> bool {
    let reader = reader::of(pipe, pasting);
    tracing::debug!("what is on the clipboard is read by {reader:?}");
    reader == Reader::Another
}
