"""What a page or a playlist shows, to hand out: slides, a document and a workbook with the same numbers."""
