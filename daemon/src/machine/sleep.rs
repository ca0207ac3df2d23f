//! Sleep, by logind: it tells before the machine sleeps and after it woke up, and waits a few seconds for whoever asks it to. The engines
//! end in that time, so that nothing of a graphics card's memory has to survive, and what was warm is loaded again afterwards.

use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use zbus::zvariant::OwnedFd;
use zbus::{Connection, Proxy};

use super::Teller;
use super::service::Service;
use crate::core::MachineNews;

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const INTERFACE: &str = "org.freedesktop.login1.Manager";

/// For as long as the system bus is there.
pub(super) async fn watch(teller: Teller, mut may_sleep: mpsc::Receiver<()>) {
    let Some(mut logind) = Service::find(NAME, "logind", &teller).await else { return };
    let bus = logind.bus();
    while logind.is_there().await {
        logind.listen(&teller, listen(&bus, &teller, &mut may_sleep)).await;
        // Of a sleep that it told of, nobody else tells the end.
        teller.tell(MachineNews::WokeUp).await;
    }
}

async fn listen(bus: &Connection, teller: &Teller, may_sleep: &mut mpsc::Receiver<()>) -> zbus::Result<()> {
    let logind = Proxy::new(bus, NAME, PATH, INTERFACE).await?;
    let mut signals = logind.receive_signal("PrepareForSleep").await?;
    // After the subscription, so that no sleep is missed in between.
    let mut delay = Some(inhibit(&logind).await?);
    teller.works("logind", "engines end before the machine sleeps, and come back when it wakes").await;
    while let Some(signal) = signals.next().await {
        if signal.body().deserialize::<bool>()? {
            // An answer to an earlier sleep would let go too soon.
            while may_sleep.try_recv().is_ok() {}
            teller.tell(MachineNews::FallsAsleep).await;
            // logind ends its patience by itself, so this may wait for as long as it takes.
            may_sleep.recv().await;
            drop(delay.take());
        } else {
            teller.tell(MachineNews::WokeUp).await;
            delay = Some(inhibit(&logind).await?);
        }
    }
    Ok(())
}

/// While this is open, logind waits before the machine sleeps.
async fn inhibit(logind: &Proxy<'_>) -> zbus::Result<OwnedFd> {
    logind.call("Inhibit", &("sleep", "hob", "engines end", "delay")).await
}
