-- title: 培训覆盖率 | Training coverage
-- short: 培训覆盖 | Trained
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator, denominator
-- note: 期末在岗且期内有结业记录者 ÷ 期末在岗；以人计，不以人次计 | Workers in post at the end of the period who completed a session in it ÷ workers in post; counts people, not attendances
select
    100.0 * count(*) filter (where last_completed_on >= period_start) / nullif(sum(training_is_reported), 0) as value,
    count(*) filter (where last_completed_on >= period_start) as numerator,
    sum(training_is_reported) as denominator,
    case
        when count(training_standard) = count(*)
            then avg(
                least(
                    training_standard,
                    training_expected[month(month) + 1] - training_expected[month(period_start)]
                    + (year(month) - year(period_start)) * training_standard
                )
            )
    end as standard,
    case
        when count(training_recommended) = count(*)
            then avg(
                least(
                    training_recommended,
                    training_recommended_expected[month(month) + 1] - training_recommended_expected[month(period_start)]
                    + (year(month) - year(period_start)) * training_recommended
                )
            )
    end as recommended,
    case
        when count(training_standard) = count(*) and count(training_expected) > 0 then avg(training_standard)
    end as year_standard,
from worker_months
