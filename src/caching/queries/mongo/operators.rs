//! The operators that a cached find may use. What is not on the list may run code, write, or answer differently each
//! time.

use bson::{Bson, Document};

/// Of filters and projections.
const FILTERS: &str = " $all $and $bitsAllClear $bitsAllSet $bitsAnyClear $bitsAnySet $box $caseSensitive $center \
    $centerSphere $comment $diacriticSensitive $elemMatch $eq $exists $expr $geoIntersects $geoWithin $geometry $gt \
    $gte $in $jsonSchema $language $literal $lt $lte $maxDistance $meta $minDistance $mod $ne $near $nearSphere $nin \
    $nor $not $options $or $polygon $regex $search $size $slice $text $type ";

/// Of expressions; what filters have too is not repeated.
const EXPRESSIONS: &str = " $abs $add $allElementsTrue $anyElementTrue $arrayElemAt $arrayToObject $avg $ceil $cmp \
    $concat $concatArrays $cond $convert $dateAdd $dateDiff $dateFromString $dateToParts $dateToString $dateTrunc \
    $dayOfMonth $dayOfWeek $dayOfYear $divide $filter $first $floor $hour $ifNull $indexOfArray $isArray $isNumber \
    $last $let $map $max $mergeObjects $min $minute $month $multiply $objectToArray $pow $range $reduce $regexMatch \
    $round $second $setDifference $setIntersection $setUnion $split $sqrt $strLenCP $strcasecmp $substrCP $subtract \
    $sum $switch $toLower $toUpper $trim $year ";

/// The first thing in a document that is not on the list.
pub(super) fn foreign(document: &Document) -> Option<String> {
    document.iter().find_map(|(name, value)| if is_known(name) { in_value(value) } else { Some(shortened(name)) })
}

fn is_known(name: &str) -> bool {
    // With a space in it, a name could be found across two of the list.
    let wanted = format!(" {name} ");
    !name.starts_with('$') || !name.contains(' ') && [FILTERS, EXPRESSIONS].iter().any(|list| list.contains(&wanted))
}

fn in_value(value: &Bson) -> Option<String> {
    match value {
        Bson::Document(inner) => foreign(inner),
        Bson::Array(values) => values.iter().find_map(in_value),
        Bson::JavaScriptCode(_) | Bson::JavaScriptCodeWithScope(_) => Some("Code".to_owned()),
        // Another value each time.
        Bson::String(text) if text.starts_with("$$NOW") || text.starts_with("$$CLUSTER_TIME") => Some(shortened(text)),
        _ => None,
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn what_only_reads_passes() {
        let filter = doc! { "a": { "$gte": 5, "$in": [1, 2] }, "$or": [{ "b": { "$regex": "^x" } }, { "c.$id": 1 }],
        "$expr": { "$gt": ["$total", { "$multiply": ["$price", 2] }] } };
        assert_eq!(foreign(&filter), None);
    }

    #[test]
    fn what_runs_code_or_changes_each_time_does_not() {
        for (document, name) in [
            (doc! { "$where": "1" }, "$where"),
            (doc! { "$in $or": 1 }, "$in $or"),
            (doc! { "a": [{ "$accumulator": {} }] }, "$accumulator"),
            (doc! { "$expr": { "$sampleRate": 0.5 } }, "$sampleRate"),
            (doc! { "a": "$$NOW" }, "$$NOW"),
        ] {
            assert_eq!(foreign(&document).as_deref(), Some(name));
        }
    }
}
