//! The two protocols by which a program may use the clipboard without having a window: `ext_data_control_v1` and its forerunner
//! `zwlr_data_control_v1`, which has the same shape under other names. Everything else sees one.

use std::os::fd::{BorrowedFd, OwnedFd};

use wayland_client::backend::ObjectId;
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, event_created_child};
use wayland_protocols::ext::data_control::v1::client as ext;
use wayland_protocols_wlr::data_control::v1::client as wlr;

use super::problem::Problem;
use super::wire::{State, Wire};

/// What a clipboard does, as either protocol says it.
pub enum News {
    /// There will be something, of which formats are told before it is offered.
    Introduced(Offer),
    Format {
        offer: ObjectId,
        format: String,
    },
    /// This is what is on the clipboard now.
    Clipboard(Option<ObjectId>),
    /// This is what was selected last.
    Primary(Option<ObjectId>),
    /// Somebody wants what we offer.
    Wanted {
        source: ObjectId,
        format: String,
        by: OwnedFd,
    },
    /// Something else is on the clipboard.
    Replaced {
        source: ObjectId,
    },
    Finished,
}

macro_rules! both {
    ($($variant:ident in $names:ident from $protocol:ident, $versions:expr;
       $manager:ident $manager_module:ident, $device:ident $device_module:ident,
       $offer:ident $offer_module:ident, $source:ident $source_module:ident;)+) => {
        #[derive(Debug, Clone)]
        pub enum Device { $($variant($names::$device),)+ }

        #[derive(Debug, Clone)]
        pub enum Offer { $($variant($names::$offer),)+ }

        #[derive(Debug, Clone)]
        pub enum Source { $($variant($names::$source),)+ }

        /// The clipboard of our seat, and who makes sources for it.
        pub enum Manager { $($variant($names::$manager),)+ }

        impl Manager {
            pub fn bind(wire: &Wire) -> Result<Self, Problem> {
                $(if let Ok(manager) = wire.bind::<$names::$manager>($versions) {
                    return Ok(Self::$variant(manager));
                })+
                Err(Problem::Lacks("ext_data_control_v1 or zwlr_data_control_v1"))
            }

            /// The protocol that was found.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $names::$manager::interface().name,)+ }
            }

            pub fn device(&self, seat: &WlSeat, handle: &QueueHandle<State>) -> Device {
                match self { $(Self::$variant(manager) => Device::$variant(manager.get_data_device(seat, handle, ())),)+ }
            }

            pub fn source(&self, handle: &QueueHandle<State>) -> Source {
                match self { $(Self::$variant(manager) => Source::$variant(manager.create_data_source(handle, ())),)+ }
            }
        }

        impl Drop for Manager {
            fn drop(&mut self) {
                match self { $(Self::$variant(manager) => manager.destroy(),)+ }
            }
        }

        impl Device {
            /// Puts it on the clipboard; `None` empties it.
            pub fn set_clipboard(&self, source: Option<&Source>) {
                match self { $(Self::$variant(device) => device.set_selection(source.and_then(|source| match source {
                    Source::$variant(source) => Some(source),
                    // Both come from one manager.
                    _ => None,
                })),)+ }
            }

            pub fn destroy(&self) {
                match self { $(Self::$variant(device) => device.destroy(),)+ }
            }
        }

        impl Offer {
            pub fn id(&self) -> ObjectId {
                match self { $(Self::$variant(offer) => offer.id(),)+ }
            }

            pub fn receive(&self, format: &str, into: BorrowedFd) {
                match self { $(Self::$variant(offer) => offer.receive(format.to_owned(), into),)+ }
            }

            pub fn destroy(&self) {
                match self { $(Self::$variant(offer) => offer.destroy(),)+ }
            }
        }

        impl Source {
            pub fn id(&self) -> ObjectId {
                match self { $(Self::$variant(source) => source.id(),)+ }
            }

            pub fn offer(&self, format: &str) {
                match self { $(Self::$variant(source) => source.offer(format.to_owned()),)+ }
            }

            pub fn destroy(&self) {
                match self { $(Self::$variant(source) => source.destroy(),)+ }
            }
        }

        $(
        mod $names {
            pub use super::$protocol::$manager_module::{self, $manager};
            pub use super::$protocol::$device_module::{self, $device};
            pub use super::$protocol::$offer_module::{self, $offer};
            pub use super::$protocol::$source_module::{self, $source};
        }

        impl Dispatch<$names::$manager, ()> for State {
            fn event(
                _: &mut Self, _: &$names::$manager, _: $names::$manager_module::Event, (): &(), _: &Connection,
                _: &QueueHandle<Self>,
            ) {
            }
        }

        impl Dispatch<$names::$device, ()> for State {
            fn event(
                state: &mut Self, _: &$names::$device, event: $names::$device_module::Event, (): &(), _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                use $names::$device_module::Event;

                let news = match event {
                    Event::DataOffer { id } => News::Introduced(Offer::$variant(id)),
                    Event::Selection { id } => News::Clipboard(id.map(|offer| offer.id())),
                    Event::PrimarySelection { id } => News::Primary(id.map(|offer| offer.id())),
                    Event::Finished => News::Finished,
                    _ => return,
                };
                state.clipboard.take_in(news);
            }

            event_created_child!(State, $names::$device, [
                $names::$device_module::EVT_DATA_OFFER_OPCODE => ($names::$offer, ()),
            ]);
        }

        impl Dispatch<$names::$offer, ()> for State {
            fn event(
                state: &mut Self, offer: &$names::$offer, event: $names::$offer_module::Event, (): &(), _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                if let $names::$offer_module::Event::Offer { mime_type } = event {
                    state.clipboard.take_in(News::Format { offer: offer.id(), format: mime_type });
                }
            }
        }

        impl Dispatch<$names::$source, ()> for State {
            fn event(
                state: &mut Self, source: &$names::$source, event: $names::$source_module::Event, (): &(),
                _: &Connection, _: &QueueHandle<Self>,
            ) {
                use $names::$source_module::Event;

                let source = source.id();
                let news = match event {
                    Event::Send { mime_type, fd } => News::Wanted { source, format: mime_type, by: fd },
                    Event::Cancelled => News::Replaced { source },
                    _ => return,
                };
                state.clipboard.take_in(news);
            }
        }
        )+
    };
}

both! {
    Ext in ext_names from ext, 1..=1;
        ExtDataControlManagerV1 ext_data_control_manager_v1, ExtDataControlDeviceV1 ext_data_control_device_v1,
        ExtDataControlOfferV1 ext_data_control_offer_v1, ExtDataControlSourceV1 ext_data_control_source_v1;
    Wlr in wlr_names from wlr, 1..=2;
        ZwlrDataControlManagerV1 zwlr_data_control_manager_v1, ZwlrDataControlDeviceV1 zwlr_data_control_device_v1,
        ZwlrDataControlOfferV1 zwlr_data_control_offer_v1, ZwlrDataControlSourceV1 zwlr_data_control_source_v1;
}
