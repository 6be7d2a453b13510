"""Hits come in, are durable before they are answered, and become visits.

door -> journal          a hit is checked, written down with those beside it, and answered
journals -> taking       a journal's hits go into the lake, each once
visiting                 and become visits: hits_to_visits.sql, over the visitors they touch
keeping                  old hits go, small files become large ones
"""
