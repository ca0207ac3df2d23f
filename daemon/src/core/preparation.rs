//! What will probably be asked for next is made ready: the text model, and what all requests of an action have in common. In the
//! background, and during a dictation only until the first word.

use std::time::Instant;

use hob_protocol::daemon::EngineKind;
use hob_protocol::text::Options;

use super::Core;
use super::effect::Effect;
use super::event::Found;
use super::jobs::{Keep, Purpose, Work};
use super::residency::Pace;

impl Core {
    /// The text of an action is just being read.
    pub(super) fn prepare_action(
        &mut self,
        now: Instant,
        name: &str,
        options: Option<&Options>,
        out: &mut Vec<Effect>,
    ) {
        let options = options.cloned().unwrap_or_default();
        let (model, beginning) = self.settings.actions.beginning(name, &options);
        // Without its options an action has no beginning, and still needs its model.
        let work = beginning.map_or(Work::Load(Keep::AsUsual), Work::Prepare);
        self.prepare(now, model, work, out);
    }

    /// Some action will be chosen.
    pub(super) fn prepare_model(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.prepare(now, None, Work::Load(Keep::AsUsual), out);
    }

    /// The dictation that is heard will end with an action.
    pub(super) fn prepare_dictation(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let Some((dictation, action)) = self.dictation.foreseen() else { return };
        if self.prepared_for.replace(dictation) != Some(dictation) {
            let action = action.to_owned();
            self.prepare_action(now, &action, None, out);
        }
    }

    /// Whether text may be worked on. While somebody speaks it may not; before the first word a preparation may.
    pub(super) fn pace(&self) -> Pace {
        let may_prepare = self.dictation.waits_for_the_first_word() && self.text.only_prepares();
        if self.dictation.needs_the_processor() && !may_prepare { Pace::Paused } else { Pace::Working }
    }

    /// Nothing has to end for this model and its adapter, or would have to end for them.
    pub(super) fn has_room_for(&self, Found { model, adapter }: &Found) -> bool {
        let speech = self.speech.needed_bytes().unwrap_or(0);
        let text = super::residency::needed_bytes(model, adapter);
        self.settings.budget_bytes.is_none_or(|budget| speech + text <= budget)
    }

    fn prepare(&mut self, now: Instant, model: Option<String>, work: Work, out: &mut Vec<Effect>) {
        self.take_back(now, &|purpose| purpose == Purpose::Preparation, out);
        let job = self.new_pending(now, Purpose::Preparation, Some(EngineKind::Text), model, work);
        self.find_model(job, out);
    }
}
