SELECT date_trunc('week', ordered_at) AS week, sum(amount) AS revenue
FROM ({{ definition("paid_orders") }}) AS paid
GROUP BY 1
ORDER BY 1
