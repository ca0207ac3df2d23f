//! Whether the machine runs on battery, by the property of the service `UPower`.

use tokio_stream::StreamExt;
use zbus::{Connection, Proxy};

use super::Teller;
use super::service::Service;
use crate::core::MachineNews;

const NAME: &str = "org.freedesktop.UPower";
const PATH: &str = "/org/freedesktop/UPower";

/// For as long as the system bus is there.
pub(super) async fn watch(teller: Teller) {
    let Some(mut upower) = Service::find(NAME, "UPower", &teller).await else { return };
    let bus = upower.bus();
    while upower.is_there().await {
        upower.listen(&teller, listen(&bus, &teller)).await;
    }
}

async fn listen(bus: &Connection, teller: &Teller) -> zbus::Result<()> {
    let upower = Proxy::new(bus, NAME, PATH, NAME).await?;
    let mut changes = upower.receive_property_changed::<bool>("OnBattery").await;
    let mut on_battery: bool = upower.get_property("OnBattery").await?;
    teller.works("UPower", "on battery, engines may use fewer threads: [memory] battery_threads").await;
    loop {
        teller.tell(if on_battery { MachineNews::OnBattery } else { MachineNews::OnMains }).await;
        let Some(change) = changes.next().await else { return Ok(()) };
        on_battery = change.get().await?;
    }
}
