SELECT *
FROM {{ definition("mrr") }}  
WHERE {% raw %}1{# no comment #}
