//! What a comparison of latencies comes to, in figures and pictures.

use super::{LatencyRatio, Pair};
use crate::context::Context;
use crate::measure::http::NoAnswer;
use crate::measure::load::Record;
use crate::measure::paired::{Judgement, Pairs, Ratio, thousandths};
use crate::message;
use crate::verdict::{Broken, Curve, Evidence, Series, Stop, Verdict, Whose};

/// The verdict on pairs that are judged.
pub(super) fn verdict(
    spec: &LatencyRatio,
    judgement: Judgement,
    [submission, yardstick]: &[Record; 2],
    pairs: &Pairs,
    ratio: Ratio,
) -> Result<Verdict, Stop> {
    let percent = |ratio: f64| thousandths(ratio) / 10;
    let micros = |record: &Record| record.quantile(spec.part()).unwrap_or_default().as_micros();
    let (median, low, high) = (
        percent(ratio.median),
        percent(ratio.low),
        percent(ratio.high),
    );
    if !matches!(judgement, Judgement::Within | Judgement::Beyond) {
        let message = message!(
            "broken-latency-open",
            limit = percent(spec.limit),
            low = low,
            high = high,
            pairs = pairs.len()
        );
        return Err(Broken::from(message).into());
    }
    let message = message!(
        "latency-ratio",
        quantile = spec.quantile,
        yours = micros(submission),
        yardstick = micros(yardstick)
    );
    let observed = message!(
        "latency-ratio-observed",
        percent = median,
        low = low,
        high = high
    );
    let mut details = vec![message!(
        "latency-ratio-measured",
        pairs = pairs.len(),
        calls = submission.calls(),
        rate = spec.rate,
        late = submission.lateness(0.99).as_micros()
    )];
    let unanswered = submission.failures.unanswered();
    if unanswered > 0 {
        details.push(message!("latency-ratio-failed", calls = unanswered));
    }
    let evidence = Evidence::from(message)
        .against(
            message!("latency-ratio-expected", percent = percent(spec.limit)),
            observed,
        )
        .with_details(details)
        .drawn(latency(spec, submission, yardstick))
        .drawn(pairs.series(ratio))
        .drawn(load(submission));
    Ok(match judgement {
        Judgement::Within => Verdict::passed(evidence),
        _ => Verdict::failed(evidence),
    })
}

/// The submission does not answer, and the yardstick does, at the same time on the same machine.
pub(super) async fn unanswered(
    spec: &LatencyRatio,
    cx: &Context<'_>,
    pair: &Pair,
) -> Result<Stop, Broken> {
    let record = &pair.submission;
    if !cx.bench.state(&spec.on.service).await?.running {
        let none = NoAnswer::TimedOut(spec.patience);
        return spec.on.silent(cx, &pair.asked[0].request, &none).await;
    }
    let message = message!(
        "latency-unanswered",
        rate = spec.rate,
        unanswered = record.failures.unanswered(),
        calls = record.calls()
    );
    let failures = &record.failures;
    let limit = spec.patience.as_millis();
    let evidence = Evidence::from(message)
        .against(
            message!("latency-unanswered-expected", limit = limit),
            message!(
                "latency-unanswered-observed",
                late = failures.timed_out,
                refused = failures.refused,
                cut = failures.cut,
                garbled = failures.garbled + failures.too_large
            ),
        )
        .repeat_with(&pair.asked[0].request.curl())
        .drawn(latency(spec, record, &pair.yardstick))
        .drawn(load(record));
    Ok(Stop::failed(spec.on.with_log(cx, evidence).await?))
}

fn latency(spec: &LatencyRatio, submission: &Record, yardstick: &Record) -> Series {
    let curve = |whose, record: &Record| Curve {
        whose,
        points: record.curve(),
    };
    Series::Latency {
        judged: Some(u64::from(spec.quantile) * 10_000),
        curves: vec![
            curve(Whose::Submission, submission),
            curve(Whose::Yardstick, yardstick),
        ],
    }
}

fn load(submission: &Record) -> Series {
    Series::Load {
        moments: submission.moments().to_vec(),
    }
}
