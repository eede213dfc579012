//! `run.slot-holds-wal`: the standby uses a physical slot, and the slot keeps WAL while the standby
//! is away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::replication::{Servers, absence};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotHoldsWal {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// Sends the standby away and looks at its slot.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &SlotHoldsWal, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(holds(&spec.servers, cx).await)
}

async fn holds(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let absence = absence::observe(cx, servers).await?;
    let told = |message| Evidence::from(message).timeline(cx, absence.began);
    let Some(slot) = &absence.slot else {
        return Err(Stop::failed(told(message!("slot-none"))));
    };
    let kept = absence.kept.as_deref().unwrap_or("lost");
    // `unreserved` and `lost`: the next checkpoint removes what the standby needs, or has done so.
    if !["reserved", "extended"].contains(&kept) {
        let message = message!(
            "slot-lost",
            slot = slot,
            status = kept,
            bytes = absence.written
        );
        return Err(Stop::failed(told(message)));
    }
    let message = message!("slot-holds", slot = slot, bytes = absence.written);
    Ok(Verdict::passed(told(message)))
}
