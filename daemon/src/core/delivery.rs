//! Texts that have left and have not arrived yet. One that reaches nobody is kept for the next who asks.

use std::collections::BTreeSet;

use hob_protocol::dictation::Outcome;

use super::Core;
use super::effect::{Effect, Ending, JournalNote};
use super::event::{DictationId, RequestId};
use super::session::{Form, Waiter};

#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) dictation: DictationId,
    outcome: Outcome,
    /// Whoever was sent the text and has not said yet that it came.
    recipients: BTreeSet<RequestId>,
    otherwise: Otherwise,
}

/// What to do with a text that reaches nobody; it stays in the journal in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// The next `Stop` gets it.
    Keep,
    Drop,
}

impl Core {
    pub(super) fn deliver(
        &mut self,
        dictation: DictationId,
        outcome: Outcome,
        waiters: Vec<Waiter>,
        out: &mut Vec<Effect>,
    ) {
        let waiters: Vec<_> = waiters.into_iter().filter(|waiter| self.open.contains(&waiter.id)).collect();
        self.tell_all(dictation, &outcome, &waiters, out);
        let retried = waiters.iter().any(|waiter| waiter.form == Form::Retry);
        let delivery = Delivery {
            dictation,
            outcome,
            recipients: waiters.iter().map(|waiter| waiter.id).collect(),
            otherwise: if retried { Otherwise::Drop } else { Otherwise::Keep },
        };
        if waiters.is_empty() { self.undelivered(delivery) } else { self.deliveries.push(delivery) }
    }

    pub(super) fn tell_all(
        &mut self,
        dictation: DictationId,
        outcome: &Outcome,
        waiters: &[Waiter],
        out: &mut Vec<Effect>,
    ) {
        for waiter in waiters {
            self.answer(waiter.id, Ok(waiter.form.result(dictation, outcome)), out);
        }
    }

    pub(super) fn delivered(&mut self, id: RequestId, out: &mut Vec<Effect>) {
        let arrived = self.deliveries.extract_if(.., |delivery| delivery.recipients.contains(&id));
        for Delivery { dictation, .. } in arrived.collect::<Vec<_>>() {
            self.kept.take_if(|(kept, _)| *kept == dictation);
            self.no_longer_offered(dictation);
            let note = JournalNote::Ended(Ending::Delivered);
            out.push(Effect::WriteJournal { dictation, note });
        }
    }

    pub(super) fn recipient_gone(&mut self, id: RequestId) {
        let lost = self
            .deliveries
            .extract_if(.., |delivery| delivery.recipients.remove(&id) && delivery.recipients.is_empty());
        for delivery in lost.collect::<Vec<_>>() {
            self.undelivered(delivery);
        }
    }

    /// Forgets the text that waits for the next who asks; the journal still has it.
    pub(super) fn drop_kept(&mut self) {
        if let Some((id, _)) = self.kept.take() {
            self.no_longer_offered(id);
        }
    }

    /// Books on a text are kept as long as it is on its way to somebody, or waits for the next who asks.
    pub(super) fn no_longer_offered(&mut self, id: DictationId) {
        let on_its_way = self.deliveries.iter().any(|delivery| delivery.dictation == id);
        if !on_its_way && self.kept.as_ref().is_none_or(|(kept, _)| *kept != id) {
            self.in_journal.remove(&id);
        }
    }

    fn undelivered(&mut self, delivery: Delivery) {
        if delivery.otherwise == Otherwise::Drop || self.dictation.running().is_some() {
            self.no_longer_offered(delivery.dictation);
            return;
        }
        self.drop_kept();
        self.kept = Some((delivery.dictation, delivery.outcome));
    }
}
